#include "adit/http/server.h"

#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <set>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "adit/base/error.h"
#include "adit/base/log.h"
#include "adit/base/secret.h"
#include "adit/base/text.h"
#include "adit/http/awaited.h"
#include "adit/http/listening.h"
#include "adit/http/server_stream.h"
#include "adit/http/wire.h"

namespace adit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Socket = asio::generic::stream_protocol::socket;
using boost::system::error_code;
using std::chrono::milliseconds;

/// How long a connection that the server closes still takes in what the client sends, so that the answer is not lost to
/// a reset.
constexpr milliseconds kLinger{1000};
/// How long answers may still be sent once the server stops.
constexpr milliseconds kStopGrace{2000};
/// Connections past the limit that are told so; more are closed without a word.
constexpr std::size_t kMaxRefusals = 64;

class Connection;

/// The usual soft limit, 1024, is far below the connections that the server is to take; only `select` needs it that
/// low.
void allow_descriptors(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + 256);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// What all connections of a server share. Everything but `awaited` is used on the I/O thread alone.
struct Core {
  Core(ServerOptions with_options, AsyncHandler with_handler)
      : options(std::move(with_options)),
        handler(std::move(with_handler)),
        tls(options.tls ? std::optional(make_tls_context(*options.tls)) : std::nullopt),
        awaited(options.max_connections) {}

  ServerOptions options;
  AsyncHandler handler;
  std::optional<asio::ssl::context> tls;
  asio::io_context io{1};
  Awaited awaited;
  std::set<Connection*> connections;
  std::size_t refusals = 0;
  /// Nothing new is taken any more.
  bool draining = false;
  /// Nothing is read any more either.
  bool stopping = false;
};

/// In the usual text; empty for a Unix socket.
std::string address_of(const Socket& socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error || peer.data()->sa_family == AF_UNIX) return {};
  tcp::endpoint endpoint;
  endpoint.resize(peer.size());
  std::memcpy(endpoint.data(), peer.data(), peer.size());
  return endpoint.address().to_string();
}

ServerResponse no_answer() { return ServerResponse::text(500, "The server failed to answer.\n"); }

/// Runs the call; false where it threw, which is in the log then.
template <typename Call>
bool succeeds(Call call, const std::string& method, const std::string& path) {
  const auto say = [&](auto... why) { log(LogLevel::error, cat(method, ' ', path, ": the handler failed", why...)); };
  try {
    call();
    return true;
  } catch (const Error& error) {
    say(": ", error.code(), ": ", error.message());
  } catch (const std::exception& error) {
    say(": ", error.what());
  } catch (...) {
    say();
  }
  return false;
}

/// A handler that takes its time, on threads of its own.
AsyncHandler on_threads(Handler handler, asio::thread_pool& workers) {
  return [handler = std::move(handler), &workers](ServerRequest request, Reply reply) {
    asio::post(workers, [&handler, request = std::move(request), reply = std::move(reply)]() mutable {
      auto response = no_answer();
      succeeds([&] { response = handler(request); }, request.method, request.path);
      wipe(request.body.data(), request.body.size());
      reply(std::move(response));
    });
  };
}

/// One client's connection, from its accept to its close: read, handle, write, again. Requests that come before an
/// answer is out wait in the buffer, so answers keep the requests' order.
class Connection : public std::enable_shared_from_this<Connection> {
  template <typename Method>
  auto then(Method method) {
    return [self = shared_from_this(), method](auto... results) { ((*self).*method)(results...); };
  }

 public:
  Connection(Core& core, Socket socket, bool refused)
      : core_(core),
        stream_(std::move(socket), core.tls ? &*core.tls : nullptr),
        timer_(core.io),
        remote_address_(address_of(stream_.plain().socket())),
        refused_(refused) {
    core_.connections.insert(this);
    core_.refusals += refused_ ? 1 : 0;
    error_code ignored;  // a Unix socket has no such option
    stream_.plain().socket().set_option(tcp::no_delay(true), ignored);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    core_.connections.erase(this);
    core_.refusals -= refused_ ? 1 : 0;
  }

  void start() {
    if (!stream_.secure()) return begin();
    stream_.plain().expires_after(core_.options.request_timeout);
    stream_.async_handshake(then(&Connection::on_handshake));
  }

  /// Nothing new is taken any more: a connection that waits for a request ends now.
  void drain() {
    if (state_ == State::idle) close();
  }

  /// The server stops: what is not being answered ends now.
  void stop() {
    if (state_ != State::handling && state_ != State::writing) close();
  }

  void close() {
    Awaited::remove(awaited_);
    timer_.cancel();
    stream_.plain().close();
  }

 private:
  enum class State { opening, idle, reading, handling, writing, faulty, lingering };

  // The parser's type says how far a body is read; header_limit and body_limit come from the options.
  using Parser = beast::http::request_parser<beast::http::string_body>;

  void on_handshake(error_code error) {
    if (error && is_plain_http(error)) {
      stream_.drop_tls();
      return answer_and_close(400, "This port speaks HTTPS: begin the URL with https://.\n");
    }
    if (error) return close();
    begin();
  }

  void begin() {
    if (refused_) return answer_and_close(503, "The server has as many connections as it takes.\n");
    await_request();
  }

  void await_request() {
    if (core_.draining) return close();
    state_ = State::idle;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_.options.max_header_bytes));
    parser_->body_limit(core_.options.max_body_bytes);
    if (buffer_.size() > 0) return read_header();
    stream_.plain().expires_after(core_.options.idle_timeout);
    stream_.async_read_some(buffer_.prepare(4096), then(&Connection::on_first_bytes));
  }

  void on_first_bytes(error_code error, std::size_t size) {
    if (error) return close();  // gone, or idle for too long
    buffer_.commit(size);
    read_header();
  }

  void read_header() {
    // RFC 9112 section 2.2: empty lines before a request are passed over.
    const auto* bytes = static_cast<const char*>(buffer_.data().data());
    std::size_t empty = 0;
    while (empty < buffer_.size() && (bytes[empty] == '\r' || bytes[empty] == '\n')) ++empty;
    buffer_.consume(empty);
    if (buffer_.size() == 0) return await_request();
    state_ = State::reading;
    stream_.plain().expires_never();
    time_up_ = false;
    timer_.expires_after(core_.options.request_timeout);
    timer_.async_wait(then(&Connection::on_time_up));
    beast::http::async_read_header(stream_, buffer_, *parser_, then(&Connection::on_header));
  }

  void on_header(error_code error, std::size_t /*size*/) {
    if (error) return refuse(error);
    const auto& head = parser_->get();
    const auto expect = head[beast::http::field::expect];
    if (expect.empty() || parser_->is_done() || head.version() < 11) return read_body();
    if (!beast::iequals(expect, "100-continue")) return answer_and_close(417, "The expectation is not known here.\n");
    if (buffer_.size() > 0) return read_body();  // the body comes anyway
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue), then(&Connection::on_continue));
  }

  void on_continue(error_code error, std::size_t /*size*/) {
    if (error) return close();
    read_body();
  }

  void read_body() {
    if (parser_->is_done()) return handle();
    beast::http::async_read(stream_, buffer_, *parser_, then(&Connection::on_body));
  }

  void on_body(error_code error, std::size_t /*size*/) {
    if (error) return refuse(error);
    handle();
  }

  /// The stream's own time-out would close the socket, and the client would not learn why.
  void on_time_up(error_code cancelled) {
    if (cancelled || state_ != State::reading || timer_.expiry() > asio::steady_timer::clock_type::now()) return;
    time_up_ = true;
    stream_.plain().cancel();
  }

  /// What cannot be read as a request, answered as far as the client can still hear it.
  void refuse(error_code error) {
    using beast::http::make_error_code;
    using Parse = beast::http::error;
    timer_.cancel();
    if (error == Parse::end_of_stream || error == Parse::partial_message || core_.stopping) return close();
    if (error == asio::error::operation_aborted && time_up_)
      return answer_and_close(408, "The request did not come to its end in time.\n");
    if (error == Parse::header_limit) return answer_and_close(431, "The request's header is too large.\n");
    if (error == Parse::body_limit) return answer_and_close(413, "The request's body is too large.\n");
    if (error == Parse::bad_version) return answer_and_close(505, "The HTTP version is not 1.0 or 1.1.\n");
    if (error.category() == make_error_code(Parse::bad_value).category())
      return answer_and_close(400, cat("The request is malformed: ", error.message(), ".\n"));
    close();
  }

  void handle() {
    timer_.cancel();
    auto& message = parser_->get();
    const bool http_1_1 = message.version() >= 11;
    if (message.count(beast::http::field::host) != 1 && (http_1_1 || message.count(beast::http::field::host) > 1))
      return answer_and_close(400, "The request has no Host header, or several.\n");  // RFC 9112 section 3.2
    ServerRequest request;
    request.method = std::string(message.method_string());
    request.head = request.method == "HEAD";
    if (request.head) request.method = "GET";
    if (request.method == "CONNECT") return answer_and_close(405, "This is no proxy.\n");
    if (!split_target(message.target(), request)) return answer_and_close(400, "The request's target is malformed.\n");
    for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    request.remote_address = remote_address_;
    request.secure = stream_.secure();
    head_only_ = request.head;
    http_1_0_ = !http_1_1;
    keep_alive_ = message.keep_alive();

    state_ = State::handling;
    if (!stream_.secure()) awaited_ = core_.awaited.add(stream_.plain().socket().native_handle());
    const Reply reply(
        [self = shared_from_this(), work = asio::make_work_guard(core_.io)](ServerResponse response) mutable {
          auto& io = self->core_.io;
          // The connection goes back to its thread, and with it the last reference to it, and what keeps the server
          // alive.
          asio::post(io, [self = std::move(self), work = std::move(work), response = std::move(response)]() mutable {
            auto& connection = *self;
            connection.on_response(std::move(response));
          });
        });
    const auto method = request.method;
    const auto path = request.path;
    if (!succeeds([&] { core_.handler(std::move(request), reply); }, method, path)) reply(no_answer());
  }

  [[nodiscard]] ServerRequest request_so_far() const {
    ServerRequest request;
    request.remote_address = remote_address_;
    request.secure = stream_.secure();
    if (!parser_ || parser_->get().target().empty()) return request;
    request.method = std::string(parser_->get().method_string());
    static_cast<void>(split_target(parser_->get().target(), request));  // a malformed one stays unknown
    return request;
  }

  void on_response(ServerResponse response) {
    // Told by answer_all, and nothing more: the process ends.
    if (!Awaited::begin_sending(awaited_)) return close();
    fault_ = std::exchange(response.fault, std::nullopt);
    if (core_.draining || equals_ignoring_case(trim(response.headers.get_or_empty("connection")), "close"))
      keep_alive_ = false;
    wire_ = to_wire(std::move(response), head_only_, keep_alive_, http_1_0_);
    if (!fault_) return write(0, wire_.body.size(), &Connection::on_written);
    if (core_.stopping) return close();
    state_ = State::faulty;
    timer_.expires_after(fault_->delay);
    timer_.async_wait(then(&Connection::on_delayed));
  }

  void on_delayed(error_code error) {
    if (error) return;
    if (fault_->reset) return reset();
    const auto whole = wire_.body.size();
    if (fault_->stall_after && *fault_->stall_after <= fault_->cut_after.value_or(whole)) {
      sent_ = std::min(*fault_->stall_after, whole);
      return write(0, sent_, &Connection::on_stall);
    }
    if (fault_->cut_after) return write(0, std::min(*fault_->cut_after, whole), &Connection::on_cut);
    write(0, whole, &Connection::on_written);
  }

  void on_stall(error_code error, std::size_t /*size*/) {
    if (error || core_.stopping) return close();
    state_ = State::faulty;
    timer_.expires_after(fault_->stall_time);
    timer_.async_wait(then(&Connection::on_stalled));
  }

  void on_stalled(error_code error) {
    if (error) return;
    wire_.head.clear();
    if (fault_->cut_after) return write(sent_, std::min(*fault_->cut_after, wire_.body.size()), &Connection::on_cut);
    write(sent_, wire_.body.size(), &Connection::on_written);
  }

  void on_cut(error_code /*error*/, std::size_t /*size*/) { close(); }

  void reset() {
    error_code ignored;
    stream_.plain().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  /// The head, where it is still to be sent, and the body's bytes [from, to).
  void write(std::size_t from, std::size_t to, void (Connection::*next)(error_code, std::size_t)) {
    state_ = State::writing;
    stream_.plain().expires_after(core_.options.request_timeout);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(wire_.head),
                                                  asio::buffer(wire_.body.data() + from, to - from)};
    asio::async_write(stream_, parts, then(next));
  }

  void on_written(error_code error, std::size_t /*size*/) {
    Awaited::remove(awaited_);
    wipe(wire_.body.data(), wire_.body.size());  // tokens go out in bodies
    if (error) return close();
    if (!keep_alive_ || core_.draining) return linger();
    await_request();
  }

  void answer_and_close(int status, std::string text) {
    keep_alive_ = false;
    auto response = ServerResponse::text(status, std::move(text));
    if (core_.options.refusal) response = core_.options.refusal(std::move(response), request_so_far());
    wire_ = to_wire(std::move(response), false, false, false);
    write(0, wire_.body.size(), &Connection::on_written);
  }

  /// Says that nothing more comes and reads the rest: closing with unread bytes would reset the connection and take the
  /// answer with it.
  void linger() {
    state_ = State::lingering;
    stream_.plain().expires_after(kLinger);
    if (!stream_.secure()) return shut_sending();
    stream_.async_tls_shutdown([self = shared_from_this()](error_code /*error*/) { self->shut_sending(); });
  }

  void shut_sending() {
    error_code ignored;
    stream_.plain().socket().shutdown(Socket::shutdown_send, ignored);
    if (core_.stopping) return close();
    pass_over();
  }

  void pass_over() {
    buffer_.clear();
    stream_.plain().async_read_some(buffer_.prepare(16384),
                                    [self = shared_from_this()](error_code error, std::size_t /*size*/) {
                                      if (error) return self->close();
                                      self->pass_over();
                                    });
  }

  Core& core_;
  ServerStream stream_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  WireResponse wire_;
  std::optional<Fault> fault_;
  Awaited::Slot* awaited_ = nullptr;
  std::string remote_address_;
  std::size_t sent_ = 0;
  State state_ = State::opening;
  bool refused_ = false;
  bool time_up_ = false;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = false;
};

}  // namespace

struct Reply::Once {
  explicit Once(Send with_send) : send(std::move(with_send)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() { answer(no_answer); }

  template <typename Make>
  void answer(Make make) {
    if (!answered.test_and_set()) std::exchange(send, nullptr)(make());
  }

  std::atomic_flag answered;
  Send send;
};

Reply::Reply(Send send) : once_(std::make_shared<Once>(std::move(send))) {}

void Reply::operator()(ServerResponse response) const {
  once_->answer([&] { return std::move(response); });
}

class Server::Listener {
 public:
  Listener(ServerOptions options, AsyncHandler handler)
      : core_(std::move(options), std::move(handler)),
        listening_(core_.options),
        acceptor_(core_.io, asio::generic::stream_protocol(listening_.family(), 0), listening_.release()),
        backoff_(core_.io),
        grace_(core_.io) {
    allow_descriptors(core_.options.max_connections);
    accept();
    thread_ = std::thread([this] { run(); });
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() {
    asio::post(core_.io, [this] { stop(); });
    thread_.join();
  }

  void stop_accepting() {
    std::promise<void> done;
    asio::post(core_.io, [&] {
      drain();
      done.set_value();
    });
    done.get_future().wait();
  }

  [[nodiscard]] std::uint16_t port() const { return listening_.port(); }
  [[nodiscard]] const ServerOptions& options() const { return core_.options; }
  [[nodiscard]] Awaited& awaited() { return core_.awaited; }

 private:
  /// An exception out of a connection's step (no memory) ends that connection and no other.
  void run() {
    for (;;) {
      try {
        core_.io.run();
        return;
      } catch (const std::exception& error) {
        log(LogLevel::error, cat("a connection ended: ", error.what()));
      }
    }
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, Socket socket) {
      if (core_.draining) return;
      if (!error) {
        take(std::move(socket));
        return accept();
      }
      // Out of descriptors, or the client is gone: try again a little later rather than in a busy loop.
      backoff_.expires_after(error == asio::error::connection_aborted ? milliseconds(0) : milliseconds(50));
      backoff_.async_wait([this](error_code cancelled) {
        if (!cancelled && !core_.draining) accept();
      });
    });
  }

  void take(Socket socket) {
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    const bool refused = core_.connections.size() - core_.refusals >= core_.options.max_connections;
    if (refused && core_.refusals >= kMaxRefusals) return;
    std::make_shared<Connection>(core_, std::move(socket), refused)->start();
  }

  void drain() {
    core_.draining = true;
    error_code ignored;
    acceptor_.close(ignored);
    listening_.remove_file();
    backoff_.cancel();
    for (auto* connection : std::set(core_.connections)) connection->drain();
  }

  /// Lets the I/O thread run out of work: no acceptor, no idle connections, and those that are answered until the grace
  /// ends.
  void stop() {
    core_.stopping = true;
    drain();
    work_.reset();
    for (auto* connection : std::set(core_.connections)) connection->stop();
    watch();
    grace_end_ = std::chrono::steady_clock::now() + kStopGrace;
  }

  /// Ends as soon as the last connection has gone, closes what is left when the grace is over.
  void watch() {
    if (core_.connections.empty()) return;
    grace_.expires_after(milliseconds(5));
    grace_.async_wait([this](error_code) {
      if (std::chrono::steady_clock::now() < grace_end_) return watch();
      for (auto* connection : std::set(core_.connections)) connection->close();
    });
  }

  Core core_;
  /// Keeps the I/O thread until `stop`, also while nothing is left to accept.
  asio::executor_work_guard<asio::io_context::executor_type> work_{core_.io.get_executor()};
  Listening listening_;
  asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor_;
  asio::steady_timer backoff_;
  asio::steady_timer grace_;
  std::chrono::steady_clock::time_point grace_end_;
  std::thread thread_;
};

struct Server::Workers {
  explicit Workers(int threads) : pool(static_cast<std::size_t>(std::max(1, threads))) {}
  asio::thread_pool pool;
};

Server::Server(ServerOptions options, Handler handler) : workers_(std::make_unique<Workers>(options.threads)) {
  listener_ = std::make_unique<Listener>(std::move(options), on_threads(std::move(handler), workers_->pool));
}

Server::Server(ServerOptions options, AsyncHandler handler)
    : listener_(std::make_unique<Listener>(std::move(options), std::move(handler))) {}

Server::~Server() {
  // Each running handler answers before it is done with its thread.
  listener_.reset();
  if (workers_) workers_->pool.join();
}

void Server::stop_accepting() { listener_->stop_accepting(); }

int Server::answer_all(std::string_view json) noexcept { return listener_->awaited().answer_all(json); }

std::uint16_t Server::port() const { return listener_->port(); }

std::string Server::origin() const {
  const auto& options = listener_->options();
  const auto* const scheme = options.tls ? "https://" : "http://";
  if (!options.unix_path.empty()) return cat(scheme, "localhost");
  const auto& host = options.host;
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return cat(scheme, bare_ipv6 ? "[" : "", host, bare_ipv6 ? "]" : "", ':', port());
}

}  // namespace adit::http
