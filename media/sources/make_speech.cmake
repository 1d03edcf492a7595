# Speaks each line of a table (language, tab, text) into OUTPUT/NN-language.wav. Run with cmake -P.
#   ESPEAK  the espeak-ng program
#   TABLE   the table
#   OUTPUT  the folder, emptied first
file(REMOVE_RECURSE ${OUTPUT})
file(MAKE_DIRECTORY ${OUTPUT})
file(STRINGS ${TABLE} lines ENCODING UTF-8)
set(number 0)
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^(kk|ru)\t(.+)$")
    message(FATAL_ERROR "${TABLE}: not \"kk or ru, tab, text\": ${line}")
  endif()
  set(language ${CMAKE_MATCH_1})
  set(text ${CMAKE_MATCH_2})
  math(EXPR number "${number} + 1")
  set(name ${number})
  if(number LESS 10)
    set(name 0${number})
  endif()
  execute_process(COMMAND ${ESPEAK} -v ${language} -s 150 -w ${OUTPUT}/${name}-${language}.wav ${text}
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "espeak-ng could not speak ${language}: ${text}")
  endif()
endforeach()
