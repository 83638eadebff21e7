// Runs the only target of the program with libFuzzer.
#include <cstddef>
#include <cstdint>

#include "adit/log.h"

#include "fuzz/target.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  adit::set_log_level(adit::LogLevel::off);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  adit::fuzz::targets().front().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
