#include "http/client/transfer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <utility>

#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/version.h"

#include "base/text/text.h"
#include "http/client/connection_pool.h"
#include "http/client/curl_memory.h"
#include "http/client/incoming.h"
#include "http/client/outgoing.h"
#include "http/client/transfer_failure.h"
#include "http/server/local_access.h"

namespace adit::http {
namespace {

using std::chrono::milliseconds;

/// The receive buffer that libcurl allocates for each exchange. libcurl wipes all of it afterwards, and a larger one
/// makes large answers hardly any faster.
constexpr long kReceiveBuffer = 8L << 10;
constexpr long kStreamBuffer = 64L << 10;
constexpr long kSendBuffer = 64L << 10;  // larger ones do not fit the processor's cache and are slower
/// How often `Streaming::stop` and `Streaming::progress` are called.
constexpr milliseconds kProgressInterval{100};
/// The size of a body from which libcurl sends `Expect: 100-continue`, so that a server can reject the body before it
/// is sent.
constexpr std::uint64_t kExpectFrom = 1U << 20U;

/// libcurl reads a time-out of 0 as "no time-out", but every wait must end.
long at_least_one_ms(milliseconds time) {
  return static_cast<long>(std::clamp<milliseconds::rep>(time.count(), 1, 24L * 3600 * 1000 * 24));
}

milliseconds until(MonotonicTime time, const Clock& clock) {
  return std::chrono::ceil<milliseconds>(time - clock.monotonic_now());
}

struct TrustedCertificates {
  std::string file;
  std::string folder;
  /// Trust the system's folder or file as well.
  bool systems_too = false;
};

/// Does not use std::filesystem::directory_iterator, which ends the program if memory runs out (libstdc++ 12).
bool holds_hashed_certificates(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  while (const auto* entry = entries ? ::readdir(entries.get()) : nullptr) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.size() == 10 && name.ends_with(".0") && name.find_first_not_of("0123456789abcdef") == 8) return true;
  }
  return false;
}

const char* text_or_none(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, when the client is made
  return value == nullptr ? std::string() : std::string(value);
}

/// Returns the CA certificates that the options name, or else those that SSL_CERT_FILE and SSL_CERT_DIR name.
TrustedCertificates named_certificates(const ClientOptions& options) {
  if (!options.ca_file.empty() || !options.ca_dir.empty()) return {options.ca_file, options.ca_dir};
  TrustedCertificates trusted{from_environment("SSL_CERT_FILE"), from_environment("SSL_CERT_DIR")};
  trusted.systems_too = trusted.folder.empty();
  return trusted;
}

void add_systems_certificates(TrustedCertificates& trusted) {
  for (const auto* folder : {"/etc/ssl/certs", "/etc/pki/tls/certs"})
    if (holds_hashed_certificates(folder)) {
      trusted.folder = folder;
      return;
    }
  // Red Hat's systems and some small images have only a bundle.
  for (const auto* bundle :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"})
    if (trusted.file.empty() && std::filesystem::exists(bundle)) trusted.file = bundle;
}

/// Calls `take_piece`, which takes a piece of the answer, and stores its exception: none may pass through libcurl.
template <typename Take>
std::size_t take(Incoming& incoming, std::size_t size, Take take_piece) noexcept {
  try {
    if (take_piece()) return size;
  } catch (...) {
    incoming.failure = std::current_exception();
  }
  return 0;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& incoming = *static_cast<Incoming*>(to);
  const std::string_view line(data, size * count);
  return take(incoming, line.size(), [&] { return incoming.header_line(line); });
}

std::size_t on_bytes(char* data, std::size_t size, std::size_t count, void* to) {
  auto& incoming = *static_cast<Incoming*>(to);
  const std::string_view bytes(data, size * count);
  return take(incoming, bytes.size(), [&] { return incoming.bytes(bytes); });
}

std::size_t on_room(char* data, std::size_t size, std::size_t count, void* outgoing) {
  return static_cast<Outgoing*>(outgoing)->read({data, size * count});
}

int on_seek(void* outgoing, curl_off_t offset, int /*origin*/) {
  return static_cast<Outgoing*>(outgoing)->seek(offset);
}

/// Opens the socket with close-on-exec, so that an action that a command starts does not keep its connections open.
curl_socket_t open_socket(void* opened, curlsocktype /*purpose*/, struct curl_sockaddr* address) {
  const int descriptor = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  try {
    static_cast<std::vector<int>*>(opened)->push_back(descriptor);
    return descriptor;
  } catch (...) {  // no memory
    ::close(descriptor);
    return CURL_SOCKET_BAD;
  }
}

/// Requires TLS 1.2 or later. A higher minimum in OpenSSL's configuration (openssl.cnf, OPENSSL_CONF) stays in force.
/// Makes OpenSSL wipe decrypted bytes after they are read.
CURLcode prepare_tls(CURL* /*easy*/, void* context, void* /*data*/) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  if (SSL_CTX_get_min_proto_version(tls) < TLS1_2_VERSION) SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_options(tls, SSL_OP_CLEANSE_PLAINTEXT);
  return CURLE_OK;
}

bool is_connected(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  return ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
}

bool is_framing(std::string_view name) {
  return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "transfer-encoding");
}

/// The request's header lines in the form that libcurl takes. The destructor wipes them, because they hold tokens.
class HeaderList {
 public:
  explicit HeaderList(const Request& request) {
    const bool has_body = !request.body().empty() || request.source() != nullptr;
    lines_.reserve(request.headers().size() + request.left_out().size() + 3);
    for (const auto& [name, value] : request.headers()) {
      // libcurl sets these: the framing follows from the body, and `Expect` would make a small body wait for an answer
      // 100 that many servers never send.
      if (is_framing(name) || equals_ignoring_case(name, "expect")) continue;
      lines_.push_back(trim(value).empty() ? cat(name, ";") : cat(name, ": ", value));
    }
    for (const auto& name : request.left_out())
      if (!is_framing(name) && !request.headers().has(name)) lines_.push_back(cat(name, ":"));
    if (!request.source() || request.source()->size().value_or(kExpectFrom) < kExpectFrom)
      lines_.emplace_back("Expect:");
    if (has_body && !request.sets_or_omits("content-type")) lines_.emplace_back("Content-Type:");
    nodes_.resize(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i)
      nodes_[i] = {lines_[i].data(), i + 1 < lines_.size() ? &nodes_[i + 1] : nullptr};
  }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() {
    for (auto& line : lines_) wipe(line.data(), line.size());
  }

  [[nodiscard]] curl_slist* get() { return nodes_.data(); }

 private:
  std::vector<std::string> lines_;
  std::vector<curl_slist> nodes_;
};

void set_source(CURL* easy, const BodySource& source, Outgoing& outgoing) {
  const auto size = outgoing.size();
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &on_room);
  curl_easy_setopt(easy, CURLOPT_READDATA, &outgoing);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &outgoing);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
  // A pooled connection may turn out to be closed by the server. A body that can be read only once would then be lost.
  if (!size || source.descriptor() >= 0) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

void set_method(CURL* easy, const Request& request, Outgoing& outgoing) {
  const auto& method = request.method();
  const auto body = request.body().reveal();
  const bool takes_body = method == "POST" || method == "PUT" || method == "PATCH";
  if (outgoing.streams() || !body.empty() || takes_body) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (outgoing.streams()) {
      set_source(easy, *request.source(), outgoing);
    } else {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    }
    if (method != "POST") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

template <typename Value>
Value info(CURL* easy, CURLINFO what) {
  Value value{};
  curl_easy_getinfo(easy, what, &value);
  return value;
}

/// Returns how many bytes the exchange has moved so far, in both directions.
curl_off_t bytes_moved(CURL* easy) {
  return info<curl_off_t>(easy, CURLINFO_SIZE_UPLOAD_T) + info<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T) +
         info<long>(easy, CURLINFO_HEADER_SIZE) + info<long>(easy, CURLINFO_REQUEST_SIZE);
}

Progress progress_of(CURL* easy, const Outgoing& outgoing) {
  const auto count = [easy](CURLINFO what) { return static_cast<std::uint64_t>(info<curl_off_t>(easy, what)); };
  Progress progress;
  progress.sent = count(CURLINFO_SIZE_UPLOAD_T);
  progress.received = count(CURLINFO_SIZE_DOWNLOAD_T);
  progress.to_send = outgoing.size();
  if (info<curl_off_t>(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) >= 0)
    progress.to_receive = count(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
  return progress;
}

/// Whether the answer exceeded one of libcurl's own limits: the length of a header line and, since libcurl 8, the
/// number of lines in header and trailer. libcurl 7 reports a line that is too long as "out of memory".
bool exceeds_libcurl_limit(CURLcode code, const Incoming& incoming) {
#if LIBCURL_VERSION_NUM >= 0x080600
  if (code == CURLE_TOO_LARGE) return true;
#endif
  return code == CURLE_OUT_OF_MEMORY && !incoming.has_head();
}

struct Outcome {
  CURLcode code = CURLE_OK;
  bool idle_time_up = false;
  bool total_time_up = false;
  bool stopped = false;
  /// A connection to the server or a proxy was made, possibly without the TLS handshake.
  bool connected = false;
};

/// The loop that runs one exchange from its first byte to its end, within the idle time-out and the deadline.
class ExchangeLoop {
 public:
  ExchangeLoop(CURLM* multi, CURL* easy, const std::vector<int>& opened, Outgoing& outgoing, const Streaming& streaming,
               const std::stop_token& stop, const ClientOptions& options, std::optional<MonotonicTime> deadline)
      : multi_(multi),
        easy_(easy),
        opened_(opened),
        outgoing_(outgoing),
        streaming_(streaming),
        stop_(stop),
        clock_(*options.clock),
        idle_timeout_(std::max(options.idle_timeout, milliseconds(1))),
        deadline_(deadline) {}

  Outcome run() {
    const std::stop_callback wake(stop_, [this] { curl_multi_wakeup(multi_); });
    for (;;) {
      if (!advance()) return ended(CURLE_FAILED_INIT);
      int left = 0;
      while (const auto* message = curl_multi_info_read(multi_, &left))
        if (message->msg == CURLMSG_DONE) return ended(message->data.result);
      if (const auto code = check_limits()) return ended(*code);
      wait();
    }
  }

 private:
  Outcome ended(CURLcode code) {
    outcome_.code = code;
    if (code == CURLE_OK && streaming_.progress) streaming_.progress(progress_of(easy_, outgoing_));
    return outcome_;
  }

  /// Returns why the exchange must end, or `nullopt` if it may go on.
  std::optional<CURLcode> check_limits() {
    const auto now = clock_.monotonic_now();
    call_streaming(now);
    if (outcome_.stopped) return CURLE_ABORTED_BY_CALLBACK;
    outcome_.total_time_up = deadline_ && now >= *deadline_;
    if (outcome_.total_time_up) return CURLE_OPERATION_TIMEDOUT;
    // The connect time-out applies until the request is sent.
    const bool sent = info<curl_off_t>(easy_, CURLINFO_PRETRANSFER_TIME_T) > 0;
    if (!sent && !outcome_.connected)  // libcurl reports a connection only after the TLS handshake
      outcome_.connected = std::any_of(opened_.begin(), opened_.end(), &is_connected);
    // While the request's body waits for its source, the server is not idle.
    const auto total = bytes_moved(easy_);
    if (total != moved_ || !sent || outgoing_.source_descriptor() >= 0) {
      moved_ = total;
      last_move_ = now;
    }
    outcome_.idle_time_up = now >= last_move_ + idle_timeout_;
    if (outcome_.idle_time_up) return CURLE_OPERATION_TIMEDOUT;
    return std::nullopt;
  }

  void call_streaming(MonotonicTime now) {
    outcome_.stopped = stop_.stop_requested() || (streaming_.stop && streaming_.stop());
    if (!streaming_.progress || now < last_progress_ + kProgressInterval) return;
    last_progress_ = now;
    streaming_.progress(progress_of(easy_, outgoing_));
  }

  /// Lets libcurl do what is due. Returns false if libcurl fails.
  bool advance() {
    int running = 0;
    return curl_multi_perform(multi_, &running) == CURLM_OK;
  }

  void wait() {
    const auto left = until(std::min(last_move_ + idle_timeout_, deadline_.value_or(MonotonicTime::max())), clock_);
    const bool calls_streaming = streaming_.stop || streaming_.progress;
    const auto longest = calls_streaming ? kProgressInterval.count() : 60'000;
    const auto time = static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, longest));
    curl_waitfd source{.fd = outgoing_.source_descriptor(), .events = CURL_WAIT_POLLIN, .revents = 0};
    curl_multi_poll(multi_, &source, source.fd >= 0 ? 1 : 0, time, nullptr);
    if (outgoing_.resume()) curl_easy_pause(easy_, CURLPAUSE_CONT);
  }

  CURLM* multi_;
  CURL* easy_;
  const std::vector<int>& opened_;
  Outgoing& outgoing_;
  const Streaming& streaming_;
  const std::stop_token& stop_;
  const Clock& clock_;
  milliseconds idle_timeout_;
  std::optional<MonotonicTime> deadline_;
  Outcome outcome_;
  curl_off_t moved_ = -1;
  MonotonicTime last_move_ = clock_.monotonic_now();
  MonotonicTime last_progress_ = MonotonicTime::min();
};

/// One exchange: what libcurl sends, and where it writes what it receives. libcurl keeps pointers to the members.
struct Exchange {
  Exchange(const Request& its_request, const UrlParts& its_url, const Transfers::Terms& its_terms,
           const ClientOptions& options)
      : request(its_request),
        url(its_url),
        terms(its_terms),
        started(options.clock->monotonic_now()),
        outgoing(request.source().get()),
        headers(request) {
    incoming.max_body = std::min(options.max_response_bytes, request.max_response_bytes().value_or(SIZE_MAX));
    incoming.sink = terms.streaming.sink;
    incoming.follows_redirects = terms.follows_redirects;
  }

  const Request& request;
  const UrlParts& url;
  const Transfers::Terms& terms;
  const MonotonicTime started;
  const std::string whole_url = url.whole();
  const std::string host = url.host();
  std::array<char, CURL_ERROR_SIZE> detail{};
  Incoming incoming;
  Outgoing outgoing;
  HeaderList headers;
  std::vector<int> opened;
};

/// Describes a failed exchange, except for the file of CA certificates.
TransferFailure failure_of(CURL* easy, const Exchange& exchange, const Outcome& outcome, const ClientOptions& options) {
  const auto& deadline = exchange.terms.deadline;
  TransferFailure failure;
  failure.curl_code = outcome.code;
  failure.detail = exchange.detail[0] != '\0' ? exchange.detail.data() : curl_easy_strerror(outcome.code);
  failure.request = cat(exchange.request.method(), ' ', exchange.url.shown());
  failure.host = exchange.host;
  failure.plain_http = exchange.url.origin.starts_with("http:");
  failure.unix_socket = options.unix_socket;
  failure.resolved = info<curl_off_t>(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0;
  failure.connected = outcome.connected;
  failure.sent = info<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0;
  failure.answered = exchange.incoming.answered;
  failure.stopped = outcome.stopped;
  failure.idle_time_up = outcome.idle_time_up;
  failure.total_time_up = outcome.total_time_up || (outcome.code == CURLE_OPERATION_TIMEDOUT && deadline &&
                                                    until(*deadline, *options.clock).count() <= 0);
  const auto total = deadline ? std::chrono::round<milliseconds>(*deadline - exchange.started) : milliseconds::max();
  failure.time_limit = outcome.idle_time_up                    ? options.idle_timeout
                       : failure.sent || failure.total_time_up ? total
                                                               : std::min(options.connect_timeout, total);
  failure.os_error = static_cast<int>(info<long>(easy, CURLINFO_OS_ERRNO));
  failure.verify_result = info<long>(easy, CURLINFO_SSL_VERIFYRESULT);
  failure.proxy_status = info<long>(easy, CURLINFO_HTTP_CONNECTCODE);
  return failure;
}

/// Throws Error `response_too_large` if the exchange failed because of a limit.
void throw_if_too_large(const TransferFailure& failure, const Incoming& incoming, CURLcode code) {
  if (incoming.body_too_large)
    throw Error::failure("response_too_large",
                         cat(failure.request, ": the answer is larger than ", incoming.max_body, " bytes."))
        .http_status(incoming.status)
        .hint("Ask for less at a time (limit, page); programs can raise ClientOptions::max_response_bytes.");
  const bool beyond_libcurl = failure.sent && exceeds_libcurl_limit(code, incoming);
  if (incoming.header_too_large || beyond_libcurl)
    throw Error::failure("response_too_large",
                         cat(failure.request, ": the answer's header is larger than ",
                             beyond_libcurl ? "libcurl takes." : cat(Incoming::kMaxHeaderBytes, " bytes.")))
        .http_status(incoming.status)
        .hint("No server sends so much for a good reason; check the URL, or ask the server's operator.");
}

}  // namespace

/// The client's options, CA certificates and connections, which its exchanges share.
class Transfers::Context {
 public:
  explicit Context(const ClientOptions& options)
      : options_(options), trusted_(named_certificates(options)), connections_(options.max_idle_connections) {
    if (options_.user_agent.empty()) options_.user_agent = user_agent();
  }

  /// Sets all options of an exchange, which must outlive the handle's use.
  void configure(CURL* easy, Exchange& exchange) {
    const auto& deadline = exchange.terms.deadline;
    set_defaults(easy, deadline ? std::optional(until(*deadline, *options_.clock)) : std::nullopt);
    // A proxy cannot reach this machine's own services, such as an emulator. Go uses no proxy for the same hosts.
    const bool without_proxy = is_this_machine(exchange.host) || !options_.unix_socket.empty();
    if (without_proxy) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (!without_proxy || exchange.url.origin.starts_with("https:")) configure_tls(easy);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE,
                     exchange.terms.streaming.sink != nullptr ? kStreamBuffer : kReceiveBuffer);
    curl_easy_setopt(easy, CURLOPT_URL, exchange.whole_url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.detail.data());
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange.incoming);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange.incoming);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &exchange.opened);
    set_method(easy, exchange.request, exchange.outgoing);
  }

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  /// Looks for the system's certificates at the first call, so that exchanges without TLS do not pay for it.
  [[nodiscard]] const TrustedCertificates& trusted_certificates() {
    std::call_once(systems_looked_for_, [this] {
      if (trusted_.systems_too) add_systems_certificates(trusted_);
    });
    return trusted_;
  }
  [[nodiscard]] ConnectionPool& connections() { return connections_; }

 private:
  /// Sets the options that all exchanges share. `left` is the time left for the whole exchange.
  void set_defaults(CURL* easy, std::optional<milliseconds> left) const {
    const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
    set(CURLOPT_SHARE, share_.get());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a resolver that hangs
    set(CURLOPT_NOPROGRESS, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_SOCKS5_AUTH, CURLAUTH_BASIC);  // as for HTTP proxies; libcurl's default would also try Kerberos
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    // Exchanges do not share connections, so HTTP/2 would bring no gain, only the risk of faults in its parser.
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_CONNECTTIMEOUT_MS,
        at_least_one_ms(std::min(options_.connect_timeout, left.value_or(milliseconds::max()))));
    if (left) set(CURLOPT_TIMEOUT_MS, at_least_one_ms(*left));
    set(CURLOPT_UNIX_SOCKET_PATH, text_or_none(options_.unix_socket));
    // A new connection costs almost nothing there. If a pooled one breaks, libcurl sends the request again, although
    // the server may have read it already.
    if (!options_.unix_socket.empty()) set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_WRITEFUNCTION, &on_bytes);
  }

  /// Sets the TLS options for a server and for a proxy.
  void configure_tls(CURL* easy) {
    const auto& trusted = trusted_certificates();
    curl_easy_setopt(easy, CURLOPT_CAINFO, text_or_none(trusted.file));
    curl_easy_setopt(easy, CURLOPT_CAPATH, text_or_none(trusted.folder));
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &prepare_tls);
  }

  ClientOptions options_;
  TrustedCertificates trusted_;
  std::once_flag systems_looked_for_;
  Share share_;  // before the connections, which must be destroyed first
  ConnectionPool connections_;
};

Transfers::Transfers(const ClientOptions& options) {
  start_curl();
  context_ = std::make_unique<Context>(options);
}

Transfers::~Transfers() = default;

/// The connection and the easy handle of one exchange. The destructor returns the connection to the pool.
class Transfers::BorrowedConnection {
 public:
  BorrowedConnection(ConnectionPool& connections, const std::string& origin)
      : connections_(connections), connection_(connections.take(origin)), easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw std::bad_alloc();
  }
  BorrowedConnection(const BorrowedConnection&) = delete;
  BorrowedConnection& operator=(const BorrowedConnection&) = delete;
  ~BorrowedConnection() {
    curl_multi_remove_handle(connection_->multi(), easy_);
    curl_easy_cleanup(easy_);
    connections_.give_back(std::move(connection_));
  }

  [[nodiscard]] PooledConnection& connection() const { return *connection_; }
  [[nodiscard]] CURL* easy() const { return easy_; }

 private:
  ConnectionPool& connections_;
  std::unique_ptr<PooledConnection> connection_;
  CURL* easy_;
};

Response Transfers::perform(const Request& request, const UrlParts& url, const Terms& terms) {
  const auto& options = context_->options();
  Exchange exchange(request, url, terms, options);
  const BorrowedConnection borrowed(context_->connections(), url.origin);
  CURL* const easy = borrowed.easy();
  CURLM* const multi = borrowed.connection().multi();
  context_->configure(easy, exchange);
  curl_multi_add_handle(multi, easy);
  auto outcome = ExchangeLoop(multi, easy, exchange.opened, exchange.outgoing, terms.streaming, request.stop(), options,
                              terms.deadline)
                     .run();
  auto& incoming = exchange.incoming;
  // libcurl takes `http/1.1 200 OK` for a status line, and passes none of its head on.
  if (incoming.status == 0 && (outcome.code == CURLE_OK || incoming.answered)) outcome.code = CURLE_WEIRD_SERVER_REPLY;
  if (outcome.code == CURLE_OK && incoming.is_in_head()) outcome.code = CURLE_PARTIAL_FILE;
  if (outcome.code == CURLE_OK) return {incoming.status, std::move(incoming.headers), std::move(incoming.body)};
  if (incoming.failure) std::rethrow_exception(incoming.failure);
  if (exchange.outgoing.failure()) std::rethrow_exception(exchange.outgoing.failure());
  auto failure = failure_of(easy, exchange, outcome, options);
  failure.ca_file = context_->trusted_certificates().file;
  throw_if_too_large(failure, incoming, outcome.code);
  throw to_error(failure);
}

}  // namespace adit::http
