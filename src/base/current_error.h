#pragma once

#include <string_view>

#include "adit/error.h"

namespace adit {

/// Returns Error `out_of_memory`, which is retryable. Its texts are so short that they need no memory.
[[nodiscard]] Error out_of_memory() noexcept;

/// Returns Error `out_of_threads`, which is retryable.
[[nodiscard]] Error out_of_threads();

/// Returns the current exception as an Error. Call it in a catch block.
///  - An Error is returned as it is.
///  - For std::bad_alloc, and if there is no memory for the Error, returns out_of_memory().
///  - For what std::thread throws if the system starts no thread, returns out_of_threads().
///  - For all others, returns an Error with `code`, whose message begins with `what_failed` ("The token could not be
///    fetched").
[[nodiscard]] Error current_error(std::string_view code, std::string_view what_failed) noexcept;

}  // namespace adit
