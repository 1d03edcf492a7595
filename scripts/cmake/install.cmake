# Where a Debian package would put things. The web assets are installed by web-assets/CMakeLists.txt.
foreach(binary tyndau-media tyndau-session tyndau)
  if(TARGET ${binary})
    install(TARGETS ${binary} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

# With the prefix /usr the configuration is /etc/tyndau (GNUInstallDirs makes CMAKE_INSTALL_FULL_SYSCONFDIR /etc then).
# A camera's password may stand in it; systemd-tmpfiles gives it to the group of both processes.
install(FILES config/tyndau.toml DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/tyndau PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)

set(systemd_prefix ${CMAKE_INSTALL_PREFIX}/lib)
install(FILES systemd/tyndau-media.service systemd/tyndau-session.service DESTINATION ${systemd_prefix}/systemd/system)
install(FILES systemd/tyndau.sysusers DESTINATION ${systemd_prefix}/sysusers.d RENAME tyndau.conf)
install(FILES systemd/tyndau.tmpfiles DESTINATION ${systemd_prefix}/tmpfiles.d RENAME tyndau.conf)

install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES config/nginx/tyndau.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/nginx)
install(FILES config/coturn/turnserver.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/coturn)
install(FILES config/demo/sample-hearing.json DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
