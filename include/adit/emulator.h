#pragma once

// An emulator of IMS and of the APIs behind it (docs/emulator.md), for tests and for programs without an account. It
// listens on a real socket. Times are in milliseconds unless their type says otherwise. Throws adit::Error:
// `listen_failed`, `invalid_fault` and others (docs/errors.md). Thread-safe.
//
//     adit::emulator::Emulator ims(
//         {.integrations = {{.client_id = "me", .client_secrets = {adit::Secret("s")}, .scopes = {"openid"}}}});
//     ims.set_fault(adit::emulator::Fault::parse("status=503,retry_after=2,count=1"));
//     const std::string endpoints = ims.routes().to_string();  // for ADIT_ENDPOINTS

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/json.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::emulator {

/// A rate limit: `count` requests in the time `per`.
struct Rate {
  std::size_t count = 0;
  std::chrono::milliseconds per{60'000};

  /// Reads `10/1m`, `5/s`, or `100` (in a minute). Throws Error `invalid_rate` (configuration).
  static Rate parse(std::string_view text);
  /// Returns the form that parse() reads: `10/1m`.
  [[nodiscard]] std::string to_string() const;
};

/// A fault that the emulator injects into answers of IMS or an API, to test its clients.
struct Fault {
  enum class Kind {
    latency,     // the answer is sent after `delay`; the request is processed at once
    reset,       // the connection is reset instead of an answer; the request is not processed
    stall,       // the answer pauses in the middle of its body for `delay` (by default longer than any client waits)
    cut,         // the connection is closed in the middle of the body that Content-Length announces
    truncated,   // the body ends in the middle, but Content-Length agrees with it
    malformed,   // the body is almost JSON
    html,        // the answer is a proxy's page, with `status` (by default 200); the request is not processed
    status,      // the answer is `status` (by default 503) in IMS's error form, with `retry_after`; the request is not
                 // processed
    clock_skew,  // the emulator's clock is ahead by `delay` (behind, if that is negative): in Date, in tokens, and when
                 // it checks assertions
  };

  Kind kind = Kind::latency;
  /// How many requests are affected; 0: all, until the fault is removed.
  std::size_t count = 0;
  std::chrono::milliseconds delay{0};
  /// 0: the default of the kind.
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  /// Sends `Retry-After` as an HTTP date instead of seconds (RFC 9110 section 10.2.3 allows both).
  bool retry_after_as_date = false;
  /// Only requests to IMS or an API whose path begins with this are affected. Empty: all IMS endpoints.
  std::string path;

  /// Reads JSON such as
  /// `{"fault":"status","status":503,"retry_after":2,"retry_after_form":"date","count":3,"path":"/ims/exchange"}` and
  /// `{"fault":"latency","delay":"200ms"}`. `retry_after_form` is `seconds` or `date`; `delay` is a duration or a
  /// number of milliseconds. Throws Error `invalid_fault` (configuration) that names what is wrong.
  static Fault from_json(const json::object& object);
  /// Reads the form for a command line: the kind and its main member, then the other members:
  /// `status=503,retry_after=2,count=3`, `latency=200ms`, `reset=1`, `clock_skew=-10m`.
  static Fault parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;
};

/// An integration (a project's credential) of Adobe's Developer Console. Use designated initialisers.
struct Integration {
  std::string client_id{};
  std::vector<Secret> client_secrets{};
  std::string org_id{};
  /// Empty: it is derived from the client id.
  std::string technical_account_id{};
  /// The keys of the integration's certificates. An assertion may be signed with any of them.
  std::vector<jwt::PublicKey> public_keys{};
  /// Names or URLs; only the name after `/s/` is compared.
  std::vector<std::string> metascopes{};
  std::vector<std::string> scopes{};
  /// False: the integration lacks the scope `exchange_jwt`, and JWT exchange answers 401 `invalid_client`.
  bool may_exchange_jwt = true;
  /// True: the integration was converted to OAuth server-to-server, and JWT exchange answers 500 `internal_error`, as
  /// IMS does.
  bool converted_to_oauth = false;
  /// The product profiles of the technical account. If there are none, every API answers 403 with `error_code` 403025.
  std::vector<std::string> product_profiles{"Default"};
  /// The rate limits for token requests and for API requests; above them, the answer is 429 with Retry-After.
  /// `nullopt`: the rate in Options.
  std::optional<Rate> token_rate{};
  std::optional<Rate> api_rate{};
};

/// A request that was answered, for a log. It contains no secret.
struct RequestRecord {
  WallTime time{};
  /// `-` if the request was rejected before the method was read; so is the path.
  std::string method{};
  /// Without the query. A token in the path is hidden.
  std::string path{};
  int status = 0;
  std::chrono::microseconds took{0};
  std::string remote_address{};
  /// Empty if the request had none.
  std::string client_id{};
  /// The error code of the answer; empty if it has none.
  std::string error{};
  /// Why the request was rejected, for people: "the token has expired". Empty if it was not.
  std::string reason{};
  /// The answer's X-Debug-Id (IMS) or X-Request-Id (APIs); empty if it has neither.
  std::string debug_id{};
  /// The number of faults that affected it.
  std::size_t faults = 0;
};

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one
  std::chrono::milliseconds token_lifetime{86'399'998};
  std::vector<Integration> integrations{};
  /// The file that keeps the key for signing access tokens, so that tokens stay valid after a restart. Empty: a new key
  /// at each start. If the file cannot be read or written, a warning is logged and a new key is used.
  std::string key_file{};
  /// Serve HTTPS at `port`, with a certificate of a CA that is made at the start (`Emulator::ca_pem`).
  bool tls = false;
  /// With `tls`: also serve plain HTTP, at this port (0: a free one).
  std::optional<std::uint16_t> plain_port{};
  /// For integrations without their own rates; `nullopt`: no limit.
  std::optional<Rate> token_rate{};
  std::optional<Rate> api_rate{};
  /// Requests above these limits are answered with 413, 431, 503 or 408 in IMS's form; idle connections are closed.
  std::size_t max_body_bytes = 2U << 20U;
  std::size_t max_header_bytes = 32U << 10U;
  std::size_t max_connections = 4096;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds request_timeout{30'000};
  /// Called after each request, on several threads at once.
  std::function<void(const RequestRecord&)> on_request{};
  /// Origins (`https://HOST[:PORT]`) whose web pages may use the emulator, in addition to pages of this machine. Their
  /// hosts are also accepted as the emulator's own name. Pages of other origins, and requests with another `Host`, get
  /// 403, so that a foreign page can neither set faults nor get tokens. Programs other than browsers are not affected.
  std::vector<std::string> allowed_origins{};
  const Clock* clock = &Clock::system();
};

class Service;

/// An emulator of IMS and of the APIs behind it. `adit emulator` and `--ims local` use it, too. It serves until it is
/// destroyed. Thread-safe. In your own test, start it before you use anything else of adit:
///
///     Emulator ims({.integrations = {{.client_id = "me", .client_secrets = {Secret("s")}, .scopes = {"openid"}}}});
///     ::setenv("ADIT_ENDPOINTS", ims.routes().to_string().c_str(), 1);  // adit's HTTP client goes there now
///
/// It serves
///
///  - IMS: `/ims/exchange/jwt` (also with a slash at the end, and `/ims/exchange/v1/jwt`), `/ims/token/v2` to `/v4`,
///    `/ims/.well-known/openid-configuration`, `/ims/keys`, `/ims/invalidate_token/v2`, `/ims/validate_token/v1`,
///    `/ims/profile/v1`, `/ims/userinfo/v2`, `/ims/organizations/v6`;
///  - the Developer Console: `/console/organizations/{org}/credentials/{id}/secrets`;
///  - APIs: `POST /api/{company}/reports`, `GET /discovery/me`; of AEM as a Cloud Service `GET /content/dam.json`,
///    `/api/assets.json` and `/api/assets/…`; of App Builder the State service, `/containers/{namespace}/data/{key}`;
///  - itself: `GET /__adit/stats`, `POST /__adit/keys/rotate`, and `/__adit/faults` (see Fault::from_json).
///
/// It verifies assertions and tokens, and answers with IMS's own errors (docs/protocols/ims.md).
class Emulator {
 public:
  /// Throws Error `listen_failed`, `invalid_origin`, `too_many_integrations`.
  explicit Emulator(Options options);
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  /// `http://HOST:PORT`, or with TLS `https://HOST:PORT`.
  [[nodiscard]] std::string origin() const;
  [[nodiscard]] std::uint16_t port() const;
  /// The origin of plain HTTP: origin() if there is no TLS, and empty if there is only HTTPS.
  [[nodiscard]] std::string plain_origin() const;
  /// The certificate of the CA that a client must trust, in PEM; empty without TLS.
  [[nodiscard]] const std::string& ca_pem() const;
  /// Signs tokens with a new key from now on. The old key stays in the key set until its last token has expired.
  void rotate_key();
  /// Adds an integration, or replaces the one with the same client id. Throws Error `too_many_integrations` above
  /// 10,000.
  void register_integration(Integration integration);
  /// Returns what `GET /__adit/stats` answers.
  [[nodiscard]] json::object stats() const;
  /// Returns the routes that send requests for Adobe's IMS and API hosts to this emulator, for ADIT_ENDPOINTS.
  [[nodiscard]] http::Endpoints routes() const;
  /// Adds a fault. Throws Error `too_many_faults` above 1,000, and `invalid_fault` if nothing is served below the
  /// fault's path.
  void set_fault(Fault fault);
  void clear_faults();

 private:
  friend Service& service_of(const Emulator& emulator);  // for adit itself
  std::unique_ptr<Service> service_;
};

/// Returns the origins of Adobe that the emulator replaces, as `https://HOST`. `https://*.adobeaemcloud.com` represents
/// all environments of AEM as a Cloud Service.
[[nodiscard]] std::vector<std::string> adobe_origins();
/// Returns routes that send requests for Adobe's IMS and API hosts to `origin`, where an emulator listens.
[[nodiscard]] http::Endpoints routes_to(const std::string& origin);

}  // namespace adit::emulator

#pragma GCC visibility pop
