# What `cmake --install` puts where, besides the targets: mingzhang.pc (component dev) and man pages.
# The .pc file finds its prefix from its own place, so that an installed tree may be moved.
cmake_path(SET pc_dir NORMALIZE /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH MZ_PC_TO_PREFIX ${pc_dir} /prefix)
configure_file(cmake/mingzhang.pc.in ${CMAKE_BINARY_DIR}/mingzhang.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/mingzhang.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT dev)
install(FILES tools/mingzhang.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES LICENSE README.md README.zh.md docs/operations.md docs/accounts.md
              docs/accounts.example.json DESTINATION ${CMAKE_INSTALL_DOCDIR}
        OPTIONAL)
