# The launcher and the JavaScript that `adit package` puts into packages. src/dev/package/package_parts.cc embeds them
# in the command.
add_executable(adit_launcher packaging/launcher/launcher.cc)
set_target_properties(adit_launcher PROPERTIES OUTPUT_NAME launcher
                      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/packaging
                      POSITION_INDEPENDENT_CODE OFF)
# The launcher has no C library, so the compiler must not generate calls of its functions.
target_compile_options(adit_launcher PRIVATE ${ADIT_WARNINGS} -Os -g0 -ffreestanding -fno-builtin -fno-exceptions
                       -fno-rtti -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none
                       -fno-asynchronous-unwind-tables -fno-sanitize=all -fno-lto)
target_link_options(adit_launcher PRIVATE -static -nostdlib -no-pie -fno-lto -Wl,--build-id=none -Wl,-z,noexecstack -s)

set(launcher ${PROJECT_BINARY_DIR}/packaging/launcher)
set(script ${PROJECT_SOURCE_DIR}/packaging/nodejs/index.js)
set_source_files_properties(src/dev/package/package_parts.cc PROPERTIES OBJECT_DEPENDS "${launcher};${script}"
                            COMPILE_DEFINITIONS "ADIT_LAUNCHER=\"${launcher}\";ADIT_NODEJS_SCRIPT=\"${script}\"")
