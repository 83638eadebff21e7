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
};

/// JSON with IMS's content type; not to be cached (RFC 6749 section 5.1).
[[nodiscard]] http::ServerResponse ims_json(int status, const json::value& body);
[[nodiscard]] http::ServerResponse ims_refusal(const ImsRefusal& refusal);
[[nodiscard]] http::ServerResponse json_answer(int status, const json::value& body);

/// The token of `Authorization: Bearer TOKEN`; empty if there is none.
[[nodiscard]] std::string_view bearer_token(const http::ServerRequest& request);

/// USER and PASSWORD of `Authorization: Basic`, as they are there; `nullopt` without such a header, or for a broken
/// one.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> basic_credentials(const http::ServerRequest& request);

/// A random UUID (RFC 4122 section 4.4).
[[nodiscard]] std::string random_uuid();
/// So many random upper-case hexadecimal digits.
[[nodiscard]] std::string random_hex(std::size_t digits);

/// The parameters of a request to IMS: those of the body and, as IMS takes them too, those of the query; the body's
/// win.
class Parameters {
 public:
  /// Throws ImsRefusal for a body that is not a form.
  explicit Parameters(const http::ServerRequest& request);
  /// Empty if there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  /// How id and secret stand in `Authorization: Basic`: encoded as in a form (RFC 6749 section 2.3.1), or, as curl and
  /// many clients send them, as they are; `%` and `+` mean different things in the two.
  enum class Basic { encoded, plain };
  /// `client_secret_basic`: the client's id and secret from `Authorization: Basic`, as if they were parameters. Returns
  /// false if there is no such header. Throws ImsRefusal for one that is broken, and for a secret in both places.
  bool take_basic(const http::ServerRequest& request, Basic spelling);

 private:
  std::map<std::string, std::string, std::less<>> values_{};
};

}  // namespace adit::emulator
