#pragma once

#include <string>
#include <string_view>

namespace adit {

/// Reads a client secret from a setting. The setting is the secret itself, or a JSON array of secrets, such as
/// `["p8e-…"]`, which Adobe's tools write for `AIO_ims_contexts_…_client__secrets`. Returns the first one; IMS accepts
/// each of them.
[[nodiscard]] std::string first_secret(std::string_view text);

}  // namespace adit
