# Rules for `make install`, and the package that find_package(adit) finds, installed or in the build tree. There are
# three components, which are also Debian packages (cmake/AditDebian.cmake): command, library, development.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/adit)

# Only the public headers.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/adit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
        FILES_MATCHING PATTERN "*.h")

install(TARGETS adit_shared adit_archive adit_static adit_for_actions EXPORT adit-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT adit-targets NAMESPACE adit:: DESTINATION ${package_dir} COMPONENT development)
# A separate export, because the library may be installed without the command.
install(TARGETS adit EXPORT adit-command RUNTIME COMPONENT command)
install(EXPORT adit-command NAMESPACE adit:: DESTINATION ${package_dir} COMPONENT command)

write_basic_package_version_file(${CMAKE_BINARY_DIR}/adit-config-version.cmake COMPATIBILITY SameMinorVersion)
configure_file(cmake/adit-config.cmake.in ${CMAKE_BINARY_DIR}/adit-config.cmake @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/adit-config.cmake ${CMAKE_BINARY_DIR}/adit-config-version.cmake
              ${CMAKE_SOURCE_DIR}/cmake/AditAction.cmake ${CMAKE_SOURCE_DIR}/cmake/AditStaticDependencies.cmake
        DESTINATION ${package_dir} COMPONENT development)

# The same package in the build tree, so that `adit build` works before anything is installed.
export(EXPORT adit-targets NAMESPACE adit:: FILE ${CMAKE_BINARY_DIR}/adit-targets.cmake)
export(EXPORT adit-command NAMESPACE adit:: FILE ${CMAKE_BINARY_DIR}/adit-command.cmake)
foreach(file AditAction AditStaticDependencies)
  configure_file(cmake/${file}.cmake ${CMAKE_BINARY_DIR}/${file}.cmake COPYONLY)
endforeach()

# pkg-config computes the prefix from the location of the .pc file. So `cmake --install --prefix` and DESTDIR need no
# new build.
file(RELATIVE_PATH ADIT_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
foreach(file adit adit-static)
  configure_file(cmake/${file}.pc.in ${CMAKE_BINARY_DIR}/generated/${file}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/generated/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT development)
endforeach()

# Manual pages and completions, which the command generates (cli/CMakeLists.txt). zsh reads site-functions below
# /usr/local; Debian's packages use vendor-completions.
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT command)
install(FILES ${CMAKE_BINARY_DIR}/completions/adit DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        COMPONENT command)
install(FILES ${CMAKE_BINARY_DIR}/completions/adit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        COMPONENT command)
foreach(folder site-functions vendor-completions)
  install(FILES ${CMAKE_BINARY_DIR}/completions/_adit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${folder}
          COMPONENT command)
endforeach()
