# adit_floor(NAME [PUBLIC headers…] [USES floors…] [LIBRARIES libraries…] [TEST_USES floors…])
#
# Builds the archive adit_NAME from the .cc files in src/NAME and its subfolders, and the test program adit_NAME_test
# from the _test.cc files there. New files are found without a change here. A floor is linked only with the floors that
# it may use, and its tests also with those after TEST_USES. tools/check-floors compares the includes with the
# adit_floor() lines. One ctest entry runs a whole test program, because its tests share objects that are expensive to
# make, such as RSA keys.
function(adit_floor name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;USES;LIBRARIES;TEST_USES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  list(TRANSFORM arg_USES PREPEND adit_ OUTPUT_VARIABLE floors)
  add_library(adit_${name} STATIC ${sources})
  target_include_directories(adit_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
      ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(adit_${name} PUBLIC ${floors} ${arg_LIBRARIES})
  target_compile_options(adit_${name} PUBLIC ${ADIT_SANITIZE_COMPILE} PRIVATE ${ADIT_WARNINGS} ${ADIT_LIBRARY_OPTIONS})
  target_link_options(adit_${name} PUBLIC ${ADIT_SANITIZE_LINK})
  target_compile_features(adit_${name} PUBLIC cxx_std_20)
  adit_precompile(adit_${name} sources ${ADIT_COMMON_HEADERS})
  adit_join_sources(adit_${name})
  set_property(GLOBAL APPEND PROPERTY ADIT_FLOORS adit_${name})
  set_property(TARGET adit_${name} PROPERTY ADIT_LIBRARIES ${arg_LIBRARIES})

  if(ADIT_BUILD_TESTS AND tests)
    list(TRANSFORM arg_TEST_USES PREPEND adit_ OUTPUT_VARIABLE test_floors)
    add_executable(adit_${name}_test ${tests})
    target_link_libraries(adit_${name}_test PRIVATE adit_${name} ${test_floors} GTest::gmock GTest::gtest_main)
    # -O0, because optimising the tests takes more time than it saves. EXPECT_THROW() discards results, of which gcc 14
    # warns.
    target_compile_options(adit_${name}_test PRIVATE ${ADIT_WARNINGS} -Wno-unused-result -O0)
    adit_precompile(adit_${name}_test tests ${ADIT_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
    adit_join_sources(adit_${name}_test)
    target_compile_definitions(adit_${name}_test PRIVATE ADIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        ADIT_BINARY_DIR="${PROJECT_BINARY_DIR}")
    adit_add_test(${name} COMMAND ${PROJECT_SOURCE_DIR}/tools/whole-gtest $<TARGET_FILE:adit_${name}_test>
                  --gtest_brief=1)
  endif()
endfunction()
