#pragma once

#include <string_view>

#include "adit/error.h"

namespace adit {

/// `out_of_memory`, retryable. Its texts are short enough to need no memory.
[[nodiscard]] Error out_of_memory() noexcept;

/// The exception that is being handled as an Error, in a `catch (...)`: the Error itself; out_of_memory() for
/// std::bad_alloc, or where there is no memory for the Error; for anything else an Error with `code`, whose message
/// begins with `what_failed` ("The token could not be fetched").
[[nodiscard]] Error current_error(std::string_view code, std::string_view what_failed) noexcept;

}  // namespace adit
