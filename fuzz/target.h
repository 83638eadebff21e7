#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "adit/error.h"

/// A fuzz target passes untrusted bytes to one of adit's parsers, and aborts if the parser violates a guarantee.
/// Each source file is one target and is named after it:
///
///     ADIT_FUZZ(http_date) {
///       if (const auto date = http::parse_http_date(bytes, now)) require(…, "a date that is printed reads as itself");
///     }
///
/// With libfuzzer.cc it becomes a libFuzzer program (`make fuzz`). With run_corpora.cc, all targets become one test
/// that runs each over its corpus.
namespace adit::fuzz {

struct Target {
  const char* name;
  void (*run)(std::string_view bytes);
};

/// Returns all targets of this program.
std::vector<Target>& targets();

struct Registration {
  Registration(const char* name, void (*run)(std::string_view)) { targets().push_back({name, run}); }
};

/// Aborts unless the guarantee holds.
void require(bool holds, std::string_view guarantee);

/// Returns the result of `read`, or `nullopt` if it refuses its input with an Error. Any other exception ends the
/// process.
template <typename Read>
auto accepted(Read&& read) -> std::optional<std::decay_t<decltype(read())>> {
  try {
    return read();
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The same for a function without a result. Returns false if it throws an Error.
template <typename Run>
bool done(Run&& run) {
  try {
    run();
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace adit::fuzz

#define ADIT_FUZZ(name)                                                              \
  static void fuzz_##name(std::string_view bytes);                                   \
  static const adit::fuzz::Registration registration_of_##name(#name, &fuzz_##name); \
  static void fuzz_##name(std::string_view bytes)
