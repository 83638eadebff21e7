# `make install`, and what find_package(adit) finds, installed or in the build tree.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(floors GLOBAL PROPERTY ADIT_FLOORS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/adit)

install(TARGETS ${floors} EXPORT adit-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS adit EXPORT adit-targets RUNTIME)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/adit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
        PATTERN "*.h" PATTERN "*_test.h" EXCLUDE PATTERN "test_*.h" EXCLUDE PATTERN "testdata" EXCLUDE)
install(FILES ${CMAKE_BINARY_DIR}/generated/adit/version_config.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/adit)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/completions/adit DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${CMAKE_BINARY_DIR}/completions/adit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# zsh looks into the first below /usr/local, Debian's packages use the second.
install(FILES ${CMAKE_BINARY_DIR}/completions/_adit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${CMAKE_BINARY_DIR}/completions/_adit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(EXPORT adit-targets NAMESPACE adit:: DESTINATION ${package_dir})

write_basic_package_version_file(${CMAKE_BINARY_DIR}/adit-config-version.cmake COMPATIBILITY SameMinorVersion)
configure_file(${CMAKE_SOURCE_DIR}/cmake/adit-config.cmake.in ${CMAKE_BINARY_DIR}/adit-config.cmake @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/adit-config.cmake ${CMAKE_BINARY_DIR}/adit-config-version.cmake
              ${CMAKE_SOURCE_DIR}/cmake/AditAction.cmake DESTINATION ${package_dir})

# The same package straight from the build tree, which is how `adit build` works before anything is installed.
export(EXPORT adit-targets NAMESPACE adit:: FILE ${CMAKE_BINARY_DIR}/adit-targets.cmake)
configure_file(${CMAKE_SOURCE_DIR}/cmake/AditAction.cmake ${CMAKE_BINARY_DIR}/AditAction.cmake COPYONLY)
