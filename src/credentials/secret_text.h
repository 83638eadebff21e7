#pragma once

#include <string>
#include <string_view>

namespace adit {

/// A client secret as people have it in their settings: the text itself, or a JSON array of secrets, as Adobe's own
/// `.env` writes `AIO_ims_contexts_…_client__secrets` (`["p8e-…"]`), of which the first is taken. IMS takes each.
[[nodiscard]] std::string first_secret(std::string_view text);

}  // namespace adit
