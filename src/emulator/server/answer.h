#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adit/error.h"
#include "adit/http_server.h"
#include "adit/json.h"

namespace adit::emulator {

/// A refusal in IMS's form: status, `error`, `error_description`. Thrown by checks, answered by `ims_answer`.
struct ImsRefusal {
  int status;
  std::string error;
  std::string description;
  std::optional<std::chrono::seconds> retry_after{};
  /// RFC 6749 section 5.2: a 401 to HTTP Basic names that scheme.
  bool basic_challenge = false;
  /// The emulator has no integrations: adds the header ims::kEmulatorState, by which adit recognises this.
  bool no_integrations = false;
};

/// A JSON response with IMS's content type. It must not be cached (RFC 6749 section 5.1).
[[nodiscard]] http::ServerResponse ims_json(int status, const json::value& body);
[[nodiscard]] http::ServerResponse ims_refusal(const ImsRefusal& refusal);
[[nodiscard]] http::ServerResponse json_answer(int status, const json::value& body);

/// The token of `Authorization: Bearer TOKEN`; empty if there is none.
[[nodiscard]] std::string_view bearer_token(const http::ServerRequest& request);

/// USER and PASSWORD of `Authorization: Basic`, not decoded further; `nullopt` if there is no such header or it is
/// malformed.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> basic_credentials(const http::ServerRequest& request);

/// A random UUID (RFC 4122 section 4.4).
[[nodiscard]] std::string random_uuid();
/// A text of `digits` upper-case hexadecimal digits, for ids and names. For a secret, see base/random_bytes.h.
[[nodiscard]] std::string pseudo_random_hex(std::size_t digits);

/// The parameters of a request to IMS, from the body and, as IMS accepts them there, too, from the query. Those of the
/// body have precedence.
class Parameters {
 public:
  /// Throws ImsRefusal for a body that is not a form.
  explicit Parameters(const http::ServerRequest& request);
  /// Empty if there is no such parameter.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  /// The encoding of id and secret in `Authorization: Basic`: as in a form (RFC 6749 section 2.3.1), or none, as curl
  /// and many clients send them. The two read `%` and `+` differently.
  enum class Basic { encoded, plain };
  /// Adds the client's id and secret from `Authorization: Basic` to the parameters (`client_secret_basic`). Returns
  /// false if there is no such header. Throws ImsRefusal if the header is malformed, or if there is a secret in both
  /// places.
  bool take_basic(const http::ServerRequest& request, Basic spelling);

 private:
  std::map<std::string, std::string, std::less<>> values_{};
};

}  // namespace adit::emulator
