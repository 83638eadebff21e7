#pragma once

#include <string>
#include <vector>

#include "adit/emulator.h"

namespace adit::cli {

/// Reads the integrations in a YAML file, for `adit emulator --integrations`:
///
///     integrations:
///       - client_id: 58b23182d80a40fea8b12bc236d71167
///         client_secret: p8e-…                  # or client_secrets: [old, new]
///         org_id: 7ABB3E6A5A7491460A495D61@AdobeOrg
///         technical_account_id: 1F072B8A63C6E0230A495EE1@techacct.adobe.com
///         certificates: [certificate.crt]       # and public_keys: PEM in place, or a file beside this one
///         metascopes: [ent_analytics_bulk_ingest_sdk]
///         scopes: [openid, AdobeID]             # for OAuth server-to-server
///         exchange_jwt: true                    # false: 401 invalid_client
///         converted_to_oauth: false             # true: 500 internal_error for JWTs
///         product_profiles: [Default]           # []: APIs answer 403025
///         token_rate: 10/1m                     # above it: 429 with Retry-After; same for api_rate
///
/// Only `client_id` and a secret are required; with keys, also the organisation and the technical account. A list with
/// one value may be written as that value. Throws Error (configuration) `invalid_integrations`, `invalid_yaml`,
/// `invalid_key` or `file_unreadable` with file, line and column.
[[nodiscard]] std::vector<emulator::Integration> read_integrations_file(const std::string& path);

}  // namespace adit::cli
