#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "adit/error.h"

/// A fuzz target is a function of bytes, as a stranger could send them, to one of adit's readers. It ends the process
/// where the reader breaks a promise. One source file is one target, named after it:
///
///     ADIT_FUZZ(http_date) {
///       if (const auto date = http::parse_http_date(bytes, now)) require(…, "a date that is printed reads as itself");
///     }
///
/// libfuzzer.cc makes a libFuzzer program of it (`make fuzz`); run_corpora.cc, together with all others, the test that
/// runs every target over its corpus.
namespace adit::fuzz {

struct Target {
  const char* name;
  void (*run)(std::string_view bytes);
};

/// All targets of this program.
std::vector<Target>& targets();

struct Registration {
  Registration(const char* name, void (*run)(std::string_view)) { targets().push_back({name, run}); }
};

/// Ends the process unless the promise holds.
void require(bool holds, std::string_view promise);

/// What `read` returns; nothing if it refuses its input with an Error. Every other exception ends the process.
template <typename Read>
auto accepted(Read&& read) -> std::optional<std::decay_t<decltype(read())>> {
  try {
    return read();
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The same for what returns nothing: whether it was done.
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
