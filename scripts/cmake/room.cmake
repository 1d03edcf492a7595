# A room is a folder that is a small static library; its link line is its doors.
#
#   tyndau_room(media/link DOORS media_base LIBRARIES nlohmann_json::nlohmann_json)
#
# makes the target media_link of every .cpp in the folder. DOORS are the rooms it may enter (PUBLIC, because their headers
# are seen through its own), LIBRARIES are outside code. A room without sources yet is header-only.
function(tyndau_room folder)
  cmake_parse_arguments(ROOM "" "" "DOORS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(${target} STATIC ${sources})
    set(visibility PUBLIC)
    target_link_libraries(${target} PRIVATE ${ROOM_PRIVATE_LIBRARIES} tyndau_flags)
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(${target} ${visibility} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${visibility} ${ROOM_DOORS} ${ROOM_LIBRARIES})
endfunction()

# Warnings are errors; sanitizers and hardening are one switch for every target of ours.
add_library(tyndau_flags INTERFACE)
target_compile_options(tyndau_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror
                                              -fstack-protector-strong -fno-plt)
target_compile_definitions(tyndau_flags INTERFACE _FORTIFY_SOURCE=2)
# Where the files of a room are compiled as one (a third of the time: the tests, the sanitized build) GCC takes each but the
# first for a header, whose classes should not hold what is in an anonymous namespace.
if(CMAKE_UNITY_BUILD)
  target_compile_options(tyndau_flags INTERFACE -Wno-subobject-linkage)
endif()
if(TYNDAU_SANITIZE STREQUAL "address")
  target_compile_options(tyndau_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                                                -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
  add_link_options(-fsanitize=address,undefined)
elseif(TYNDAU_SANITIZE STREQUAL "thread")
  # GCC knows no fences under it; those of std::shared_ptr are made of atomics that it does know.
  target_compile_options(tyndau_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer -U_FORTIFY_SOURCE -Wno-tsan)
  add_link_options(-fsanitize=thread)
else()
  add_link_options(-Wl,-z,relro,-z,now)
endif()
