#pragma once

// IMS and the APIs behind it, over real sockets, for tests and for programs without an account. Thread-safe.
//
//     adit::emulator::Emulator ims(
//         {.integrations = {{.client_id = "me", .client_secrets = {adit::Secret("s")}, .scopes = {"openid"}}}});
//     ims.set_fault(adit::emulator::Fault::parse("status=503,retry_after=2,count=1"));
//     const std::string endpoints = ims.routes().to_string();  // for ADIT_ENDPOINTS

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
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

/// So many requests in so long.
struct Rate {
  std::size_t count = 0;
  std::chrono::milliseconds per{60'000};

  /// `10/1m`, `5/s`, `100` (a minute). Throws Error `invalid_rate` (configuration).
  static Rate parse(std::string_view text);
  /// As `parse` reads it: `10/1m`.
  [[nodiscard]] std::string to_string() const;
};

/// Holds each key to its rate: the window begins with a key's first request and lets `count` through. Keeps no more
/// than `kMost` windows: the one that ends next is let go first. Thread-safe.
class RateLimits {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// Nothing if the request may pass; else how long the key has to wait, a second at least: what Retry-After says.
  [[nodiscard]] std::optional<std::chrono::seconds> take(std::string_view key, const Rate& rate, MonotonicTime now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Window {
    MonotonicTime ends;
    std::size_t taken = 0;
  };
  void make_room(MonotonicTime now);

  mutable std::mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_;
};

/// Something that goes wrong at IMS or an API, for tests of those who call it.
struct Fault {
  enum class Kind {
    latency,     // the answer comes late by `delay`; the work is done at once
    reset,       // the connection is reset instead of an answer; nothing was done
    stall,       // the answer stops in the middle of its body for `delay` (by default for longer than any client waits)
    cut,         // the connection closes in the middle of the body that Content-Length promised
    truncated,   // the body ends in the middle as if it were whole
    malformed,   // the body is nearly JSON
    html,        // a proxy's page comes instead, with `status` (by default 200); nothing was done
    status,      // `status` (by default 503) comes with IMS's error form and `retry_after`; nothing was done
    clock_skew,  // the emulator's clock is ahead by `delay` (negative: behind): in Date, in tokens, in judging
                 // assertions
  };

  Kind kind = Kind::latency;
  /// How many requests it befalls before it is gone; 0: all until it is cleared.
  std::size_t count = 0;
  std::chrono::milliseconds delay{0};
  /// 0: the kind's own.
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  /// `Retry-After` as an HTTP date instead of seconds (RFC 9110 section 10.2.3 has both).
  bool retry_after_as_date = false;
  /// Only requests whose path begins so, to IMS or to an API; empty: all IMS endpoints.
  std::string path;

  /// `{"fault":"status","status":503,"retry_after":2,"retry_after_form":"seconds"|"date","count":3,"path":"/ims/exchange"}`,
  /// `{"fault":"latency","delay":"200ms"}`; `delay` is a duration or a number of milliseconds. Throws Error
  /// `invalid_fault` (configuration) that names what is wrong.
  static Fault from_json(const json::object& object);
  /// The same for a command line: the fault's name with what matters most to it, then the other members:
  /// `status=503,retry_after=2,count=3`, `latency=200ms`, `reset=1`, `clock_skew=-10m`.
  static Fault parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;
};

/// Durations as people write them: `250ms`, `30s`, `10m`, `24h`, `7d`, or a bare number of seconds; fractions allowed,
/// a sign before it. At most ten years. Nothing for other text.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The faults that are set. Thread-safe.
class Faults {
 public:
  static constexpr std::size_t kMost = 1000;

  /// All of them or none: throws Error `too_many_faults` (configuration) if there would be more than kMost.
  void add(std::vector<Fault> faults);
  void clear();
  /// Removes those that are equal to this one, however often they are still to happen. Returns how many.
  std::size_t remove(const Fault& like);
  /// Those that befall a request for this path, which counts them down: of each kind the one set first.
  /// Without `of_ims` only those that name a path.
  [[nodiscard]] std::vector<Fault> take(std::string_view path, bool of_ims = true);
  /// How far the clock is ahead for those whom no other fault befalls.
  [[nodiscard]] std::chrono::milliseconds clock_skew() const;
  [[nodiscard]] std::vector<Fault> list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
};

/// An integration (a project's credential) of the Developer Console, as IMS knows it. Use designated initialisers.
struct Integration {
  std::string client_id{};
  std::vector<Secret> client_secrets{};
  std::string org_id{};
  /// Empty: one is made up from the client id.
  std::string technical_account_id{};
  /// Of the certificates bound to it; any of them may have signed an assertion.
  std::vector<jwt::PublicKey> public_keys{};
  /// Names or URLs; compared by the name behind `/s/`.
  std::vector<std::string> metascopes{};
  std::vector<std::string> scopes{};
  /// False: the integration lacks the scope `exchange_jwt`, and JWT exchange is 401 `invalid_client`.
  bool may_exchange_jwt = true;
  /// Converted to OAuth server-to-server: JWT exchange is 500 `internal_error`, as seen from IMS.
  bool converted_to_oauth = false;
  /// The product profiles of the technical account; without one every API answers 403 with `error_code` 403025.
  std::vector<std::string> product_profiles{"Default"};
  /// How often it may ask IMS for tokens and call APIs; above that the answer is 429 with Retry-After. `nullopt`: the
  /// rate in Options.
  std::optional<Rate> token_rate{};
  std::optional<Rate> api_rate{};
};

/// A request that was answered, for a log; holds no secret.
struct RequestRecord {
  WallTime time{};
  /// `-` where the request was refused before so much of it was read; the path likewise.
  std::string method{};
  /// Without the query; a token in it is hidden.
  std::string path{};
  int status = 0;
  std::chrono::microseconds took{0};
  std::string remote_address{};
  /// Empty if the request named none.
  std::string client_id{};
  /// IMS's error word, or the API's code; empty for none.
  std::string error{};
  /// Why the request was refused, for people: "the token has expired". Empty for none.
  std::string reason{};
  /// The answer's X-Debug-Id, empty if it has none.
  std::string debug_id{};
  /// How many faults befell it.
  std::size_t faults = 0;
};

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one
  std::chrono::milliseconds token_lifetime{86'399'998};
  std::vector<Integration> integrations{};
  /// Where the key that signs access tokens is kept between starts; empty: a new key every time. A file that cannot be
  /// read, written or understood costs a warning in the log and a new key, never the start.
  std::string key_file{};
  /// HTTPS at `port`, with a certificate of a CA that is made at the start (`Emulator::ca_pem`).
  bool tls = false;
  /// With `tls`: plain HTTP too, at this port (0: a free one).
  std::optional<std::uint16_t> plain_port{};
  /// For integrations without a rate of their own; `nullopt`: no limit.
  std::optional<Rate> token_rate{};
  std::optional<Rate> api_rate{};
  /// Requests past these are answered 413, 431, 503, 408, in IMS's form; idle connections are closed.
  std::size_t max_body_bytes = 2U << 20U;
  std::size_t max_header_bytes = 32U << 10U;
  std::size_t max_connections = 4096;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds request_timeout{30'000};
  /// Called after every request, from several threads at once.
  std::function<void(const RequestRecord&)> on_request{};
  /// Web pages of these origins (`https://HOST[:PORT]`) may use the emulator, besides pages of this machine; their
  /// hosts may be its name. Others get 403, and so do requests for a host that is not the emulator's, for a page must
  /// neither set faults nor get tokens. Programs that are not browsers are not affected.
  std::vector<std::string> allowed_origins{};
  const Clock* clock = &Clock::system();
};

class Service;

/// IMS and the APIs behind it, for programs that have no account: `adit emulator`, `--ims local`, and tests. Serves
/// from its making to its end; thread-safe. In a test of one's own, before anything else of adit's is used there:
///
///     Emulator ims({.integrations = {{.client_id = "me", .client_secrets = {Secret("s")}, .scopes = {"openid"}}}});
///     ::setenv("ADIT_ENDPOINTS", ims.routes().to_string().c_str(), 1);  // adit's HTTP client goes there now
///
/// IMS: `/ims/exchange/jwt` (also with a slash behind it, and `/ims/exchange/v1/jwt`), `/ims/token/v2` to `/v4`,
/// `/ims/.well-known/openid-configuration`, `/ims/keys`, `/ims/invalidate_token/v2`, `/ims/validate_token/v1`,
/// `/ims/profile/v1`, `/ims/userinfo/v2`,
/// `/ims/organizations/v6`. The Console: `/console/organizations/{org}/credentials/{id}/secrets`. APIs: `POST
/// /api/{company}/reports`, `GET /discovery/me`; of AEM as a Cloud Service `GET /content/dam.json`, `/api/assets.json`
/// and `/api/assets/…`; the State service of App Builder, `/containers/{namespace}/data/{key}`. Its own: `GET
/// /__adit/stats`, `POST /__adit/keys/rotate`, and
/// `/__adit/faults` (fault.h). Assertions and tokens are really verified; every error of IMS is really produced.
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
  /// Where plain HTTP is served: `origin()` without TLS; empty if there is only HTTPS.
  [[nodiscard]] std::string plain_origin() const;
  /// The certificate of the CA that a client has to trust, PEM; empty without TLS.
  [[nodiscard]] const std::string& ca_pem() const;
  /// Signs tokens with a new key from now on; the old one stays in the key set until the last token of its has expired.
  void rotate_key();
  /// Adds an integration, or replaces the one with the same client id. Throws Error `too_many_integrations` above
  /// 10,000.
  void register_integration(Integration integration);
  /// What `GET /__adit/stats` answers.
  [[nodiscard]] json::object stats() const;
  /// Routes that send Adobe's IMS and API hosts here: what `--ims local` puts in ADIT_ENDPOINTS.
  [[nodiscard]] http::Endpoints routes() const;
  /// Does this to the IMS endpoints, or to those of the path that it names, from now on, beside the faults already
  /// set. Throws Error `too_many_faults` past Faults::kMost, `invalid_fault` if nothing is served below that path.
  void set_fault(Fault fault);
  void clear_faults();

 private:
  friend Service& service_of(const Emulator& emulator);  // for adit itself
  std::unique_ptr<Service> service_;
};

/// Adobe's hosts that the emulator stands in for, as `https://HOST`; `https://*.adobeaemcloud.com` is every environment
/// of AEM as a Cloud Service.
[[nodiscard]] std::vector<std::string> adobe_origins();
/// Routes that send Adobe's IMS and API hosts to `origin`, where an emulator listens.
[[nodiscard]] http::Endpoints routes_to(const std::string& origin);

}  // namespace adit::emulator

#pragma GCC visibility pop
