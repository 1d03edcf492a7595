# The Debian package, by `cpack --config build/release/CPackConfig.cmake`: what install.cmake installs, and what it needs.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tyndau)
set(CPACK_PACKAGE_CONTACT "tyndau <tyndau@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "sittings and public hearings of a council, on air and on record")
set(CPACK_PACKAGE_DESCRIPTION "Broadcasts the sittings and public hearings of an elected council on its own website, driven by
 the agenda, and keeps them as recordings with chapters. In Kazakh, Russian and English.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# The configuration stands outside the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What is loaded by name at run time, which shlibdeps cannot see: GStreamer's plugins, libwebsockets' libuv loop, fonts, and what
# makes the user and the folders. The same as "at run time" in scripts/packages/build.txt, a test says.
set(run_time_packages ca-certificates tzdata fonts-inter fonts-noto-core gstreamer1.0-alsa gstreamer1.0-libav gstreamer1.0-nice
    gstreamer1.0-plugins-bad gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly libwebsockets-evlib-uv systemd)
list(JOIN run_time_packages ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nginx")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "coturn")
file(WRITE ${CMAKE_BINARY_DIR}/conffiles "/etc/tyndau/tyndau.toml\n")
set(debian ${CMAKE_SOURCE_DIR}/config/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm ${CMAKE_BINARY_DIR}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
