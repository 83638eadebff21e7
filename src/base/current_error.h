#pragma once

#include <string_view>

#include "adit/error.h"

namespace adit {

/// Returns Error `out_of_memory`, which is retryable. Its texts are so short that they need no memory.
[[nodiscard]] Error out_of_memory() noexcept;

/// Returns Error `out_of_threads`, which is retryable.
[[nodiscard]] Error out_of_threads();

/// Returns the current exception as an Error. Call it in a catch block. Returns an Error as it is, out_of_memory() for
/// std::bad_alloc or if there is no memory for the Error, and out_of_threads() for the exception of a std::thread that
/// cannot be started. For any other exception, returns an Error with `code` whose message begins with `what_failed`
/// ("The token could not be fetched").
[[nodiscard]] Error current_error(std::string_view code, std::string_view what_failed) noexcept;

}  // namespace adit
