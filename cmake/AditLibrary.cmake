# libadit, shared and static: the floors that programs may use. Both consist of the floors' object files, so nothing is
# compiled twice. src/dev (the local platform) and src/console (the page in the browser) are only in the command.
#
#   adit::adit     libadit.so, for programs that load adit
#   adit::static   libadit.a, for programs that contain adit, and load the libraries that it needs
#   adit::action   libadit.a, for actions, which contain adit and these libraries as far as they use them
#                  (docs/static-linking.md)
get_property(floors GLOBAL PROPERTY ADIT_FLOORS)
list(REMOVE_ITEM floors adit_console adit_dev)
set(objects "")
set(libraries "")
foreach(floor ${floors})
  list(APPEND objects $<TARGET_OBJECTS:${floor}>)
  get_property(floor_libraries TARGET ${floor} PROPERTY ADIT_LIBRARIES)
  list(APPEND libraries ${floor_libraries})
endforeach()
list(REMOVE_DUPLICATES libraries)

# A program that is compiled with one 0.x version need not work with the next one (semantic versioning, item 4).
set(ADIT_ABI ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(ADIT_ABI ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endif()
set(symbols ${PROJECT_BINARY_DIR}/generated/libadit.map)
configure_file(cmake/libadit.map.in ${symbols} @ONLY)

add_library(adit_shared SHARED ${objects})
set_target_properties(adit_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${ADIT_ABI} EXPORT_NAME adit
                      LINK_DEPENDS ${symbols})
target_link_options(adit_shared PRIVATE -Wl,--version-script=${symbols} -Wl,-Bsymbolic-functions -Wl,--as-needed)
if(NOT ADIT_SANITIZE)
  target_link_options(adit_shared PRIVATE -Wl,--no-undefined)  # with a sanitizer, its runtime is in the program
endif()
add_library(adit_archive STATIC ${objects})
set_target_properties(adit_archive PROPERTIES EXPORT_NAME archive)
foreach(library adit_shared adit_archive)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME adit LINKER_LANGUAGE CXX)
  target_include_directories(${library} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${library} INTERFACE cxx_std_20)
  target_compile_options(${library} INTERFACE ${ADIT_SANITIZE_COMPILE})
  target_link_options(${library} PUBLIC ${ADIT_SANITIZE_LINK})
  target_link_libraries(${library} PUBLIC Boost::headers)  # the public headers use only Boost.JSON's types
endforeach()
target_link_libraries(adit_shared PUBLIC Boost::json PRIVATE ${libraries})

add_library(adit_static INTERFACE)
set_target_properties(adit_static PROPERTIES EXPORT_NAME static)
target_link_libraries(adit_static INTERFACE adit_archive Boost::json ${libraries})

add_library(adit_for_actions INTERFACE)
set_target_properties(adit_for_actions PROPERTIES EXPORT_NAME action)
if(ADIT_SANITIZE)
  target_link_libraries(adit_for_actions INTERFACE adit_static)  # sanitizers need the shared C++ library
else()
  target_link_libraries(adit_for_actions INTERFACE adit_archive adit::static_dependencies)
endif()
target_link_options(adit_for_actions INTERFACE -Wl,--gc-sections -Wl,--as-needed)

add_library(adit::adit ALIAS adit_shared)
add_library(adit::static ALIAS adit_static)
add_library(adit::action ALIAS adit_for_actions)
