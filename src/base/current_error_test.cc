#include "base/current_error.h"

#include <functional>
#include <new>
#include <stdexcept>
#include <system_error>

#include <gtest/gtest.h>

namespace adit {
namespace {

Error error_of(const std::function<void()>& thrower) {
  try {
    thrower();
  } catch (...) {
    return current_error("it_failed", "It failed");
  }
  return Error::failure("nothing", "");
}

TEST(CurrentError, is_an_error_for_every_kind_of_exception) {
  const auto kept = error_of([] { throw Error::failure("mine", "My message.").hint("My hint.").http_status(418); });
  EXPECT_EQ(kept.code(), "mine");
  EXPECT_EQ(kept.hint(), "My hint.");
  EXPECT_EQ(kept.http_status(), 418);
  EXPECT_EQ(error_of([] { throw std::bad_alloc(); }).code(), "out_of_memory");
  const auto no_thread = std::make_error_code(std::errc::resource_unavailable_try_again);
  EXPECT_EQ(error_of([&] { throw std::system_error(no_thread); }).code(), "out_of_threads");
  const auto foreign = error_of([] { throw std::runtime_error("no luck"); });
  EXPECT_EQ(foreign.code(), "it_failed");
  EXPECT_EQ(foreign.message(), "It failed: no luck");
  EXPECT_EQ(error_of([] { throw 7; }).code(), "it_failed");
}

}  // namespace
}  // namespace adit
