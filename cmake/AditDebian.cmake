# `make deb`: Debian packages of the three parts that AditInstall.cmake installs. dpkg-shlibdeps finds the libraries
# that programs need.
set(library_package libadit${ADIT_ABI})  # Debian policy, section 8.1: the name carries the soname's version

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME adit)
set(CPACK_PACKAGE_VENDOR "The adit authors")
set(CPACK_PACKAGE_CONTACT "The adit authors <maintainers@adit.invalid>")  # .invalid never exists (RFC 2606)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL command library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(package_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY =)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The first line of each package is its summary; otherwise CPack would put the project's summary first.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME adit)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "access tokens for Adobe APIs, App Builder actions in C++, an IMS emulator
The command exchanges service credentials for access tokens, builds, runs and
packs App Builder actions written in C++, and emulates Adobe's IMS, so that
everything works without an account and without a network.")
set(CPACK_DEBIAN_COMMAND_PACKAGE_DEPENDS ca-certificates)
# Needed by `adit build` and `adit dev`, but not for tokens.
set(CPACK_DEBIAN_COMMAND_PACKAGE_RECOMMENDS
    "libadit-dev (= ${package_version}), g++, cmake, ninja-build | make, binutils")
set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS nodejs)

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "access to Adobe APIs from C++ (library)
The library exchanges service credentials for access tokens of Adobe's IMS,
caches, refreshes and shares the tokens, sends API requests, runs App Builder
actions, and emulates IMS.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libadit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "access to Adobe APIs from C++ (development files)
Headers, the static library, and the files for find_package() and pkg-config.")
# Debian's packages of Boost have the version in their names. This package depends on the version of the build.
set(boost ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
string(CONCAT CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "${library_package} (= ${package_version}), pkg-config, "
  "libboost${boost}-dev, libboost-json${boost}-dev, libboost-url${boost}-dev, "
  "libssl-dev, libcurl4-openssl-dev, libyaml-cpp-dev, libhiredis-dev, "
  "libnghttp2-dev, libbrotli-dev, libzstd-dev, zlib1g-dev")

# /usr/share/doc/PACKAGE, which only the packages have. The script does what Debian's policy requires (sections 12.1,
# 12.3, 12.7): it compresses manual pages and changelogs, and adds Debian's changelog.
foreach(pair command:adit library:${library_package} development:libadit-dev)
  string(REGEX REPLACE ":.*" "" component ${pair})
  string(REGEX REPLACE ".*:" "" package ${pair})
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/debian/copyright DESTINATION share/doc/${package} COMPONENT ${component}
          EXCLUDE_FROM_ALL)
  install(FILES ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION share/doc/${package} RENAME changelog
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
# The documentation and the example, for C++ programmers.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs ${CMAKE_SOURCE_DIR}/examples DESTINATION share/doc/libadit-dev
        COMPONENT development EXCLUDE_FROM_ALL
        PATTERN dist EXCLUDE PATTERN .env EXCLUDE)
set(ADIT_PACKAGE_VERSION ${package_version})
configure_file(packaging/debian/compress.cmake.in ${CMAKE_BINARY_DIR}/generated/compress.cmake @ONLY)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_BINARY_DIR}/generated/compress.cmake)

# All packages in one file, which a CI job can fetch. The packages depend on the Debian release on which they were
# built, so the file's name includes the release.
cmake_host_system_information(RESULT release QUERY DISTRIB_ID DISTRIB_VERSION_ID)
list(JOIN release "" ADIT_PACKAGES_RELEASE)
configure_file(packaging/debian/bundle.cmake.in ${CMAKE_BINARY_DIR}/generated/bundle.cmake @ONLY)
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_BINARY_DIR}/generated/bundle.cmake)

# A trigger runs ldconfig once for all libraries that dpkg installs together (deb-triggers(5)). CPack would also add
# scripts that call ldconfig, unless other scripts are named. The scripts named here do not exist, so CPack prints a
# warning and adds none.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/triggers
    ${CMAKE_BINARY_DIR}/none/postinst ${CMAKE_BINARY_DIR}/none/postrm)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # do not build anything before packing
include(CPack)
