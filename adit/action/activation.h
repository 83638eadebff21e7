#pragma once

#include <chrono>
#include <string>

#include "adit/base/clock.h"
#include "adit/base/json.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit {

/// What the platform says about one run of an action; each part is also the environment variable `__OW_…`. Empty where
/// the platform did not say.
struct Activation {
  std::string id;  // 32 hex digits
  /// `/{namespace}/{package}/{action}`
  std::string action_name;
  std::string action_version;
  std::string name_space;
  std::string transaction_id;
  std::string api_host;
  Secret api_key;
  /// When the platform gives up; far in the future where it set no deadline.
  WallTime deadline = WallTime::max();

  /// Until the deadline: never negative, a day at most, and a day where there is none.
  [[nodiscard]] std::chrono::milliseconds time_left(const Clock& clock = Clock::system()) const noexcept;

  /// From the properties of a runtime contract's message, all but its `value`.
  static Activation from_message(const boost::json::object& message);
};

}  // namespace adit

#pragma GCC visibility pop
