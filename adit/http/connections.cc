#include "adit/http/connections.h"

#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fcntl.h>
#include <sys/socket.h>

#include "adit/base/secret.h"
#include "adit/base/text.h"
#include "adit/http/answering.h"
#include "adit/http/server_stream.h"
#include "adit/http/wire.h"

namespace adit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Socket = Connections::Socket;
using boost::system::error_code;
using std::chrono::milliseconds;

/// How long a connection that the server closes still takes in what the client sends, so that the answer is not lost to
/// a reset.
constexpr milliseconds kLinger{1000};
/// Connections past the limit that are told so; more are closed without a word.
constexpr std::size_t kMaxRefusals = 64;

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

}  // namespace

/// One client's connection, from its accept to its close: read, handle, write, again. Requests that come before an
/// answer is out wait in the buffer, so answers keep the requests' order.
class Connections::Connection : public std::enable_shared_from_this<Connection> {
  template <typename Method>
  auto then(Method method) {
    return [self = shared_from_this(), method](auto... results) { ((*self).*method)(results...); };
  }

 public:
  Connection(Connections& all, Socket socket, bool refused)
      : all_(all),
        stream_(std::move(socket), all.tls_ ? &*all.tls_ : nullptr),
        timer_(all.io_),
        remote_address_(address_of(stream_.plain().socket())),
        refused_(refused) {
    all_.open_.insert(this);
    all_.refusals_ += refused_ ? 1 : 0;
    error_code ignored;  // a Unix socket has no such option
    stream_.plain().socket().set_option(tcp::no_delay(true), ignored);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    all_.open_.erase(this);
    all_.refusals_ -= refused_ ? 1 : 0;
  }

  void start() {
    if (!stream_.secure()) return begin();
    stream_.plain().expires_after(all_.options_.request_timeout);
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
    if (all_.draining_) return close();
    state_ = State::idle;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(all_.options_.max_header_bytes));
    parser_->body_limit(all_.options_.max_body_bytes);
    if (buffer_.size() > 0) return read_header();
    stream_.plain().expires_after(all_.options_.idle_timeout);
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
    timer_.expires_after(all_.options_.request_timeout);
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
    if (error == Parse::end_of_stream || error == Parse::partial_message || all_.stopping_) return close();
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
    if (!stream_.secure()) awaited_ = all_.awaited_.add(stream_.plain().socket().native_handle());
    answer(all_.handler_, std::move(request),
           [self = shared_from_this(), work = asio::make_work_guard(all_.io_)](ServerResponse response) mutable {
             auto& io = self->all_.io_;
             // The connection goes back to its thread, and with it the last reference to it, and what keeps the server
             // alive.
             asio::post(io, [self = std::move(self), work = std::move(work), response = std::move(response)]() mutable {
               auto& connection = *self;
               connection.on_response(std::move(response));
             });
           });
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
    if (all_.draining_ || equals_ignoring_case(trim(response.headers.get_or_empty("connection")), "close"))
      keep_alive_ = false;
    wire_ = to_wire(std::move(response), head_only_, keep_alive_, http_1_0_);
    if (!fault_) return write(0, wire_.body.size(), &Connection::on_written);
    if (all_.stopping_) return close();
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
    if (error || all_.stopping_) return close();
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
    stream_.plain().expires_after(all_.options_.request_timeout);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(wire_.head),
                                                  asio::buffer(wire_.body.data() + from, to - from)};
    asio::async_write(stream_, parts, then(next));
  }

  void on_written(error_code error, std::size_t /*size*/) {
    Awaited::remove(awaited_);
    wipe(wire_.body.data(), wire_.body.size());  // tokens go out in bodies
    if (error) return close();
    if (!keep_alive_ || all_.draining_) return linger();
    await_request();
  }

  void answer_and_close(int status, std::string text) {
    keep_alive_ = false;
    auto response = ServerResponse::text(status, std::move(text));
    if (all_.options_.refusal) response = all_.options_.refusal(std::move(response), request_so_far());
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
    if (all_.stopping_) return close();
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

  Connections& all_;
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

Connections::Connections(ServerOptions options, AsyncHandler handler, asio::io_context& io)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      tls_(options_.tls ? std::optional(make_tls_context(*options_.tls)) : std::nullopt),
      io_(io),
      awaited_(options_.max_connections) {}

Connections::~Connections() = default;

void Connections::take(Socket socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  const bool refused = open_.size() - refusals_ >= options_.max_connections;
  if (refused && refusals_ >= kMaxRefusals) return;
  std::make_shared<Connection>(*this, std::move(socket), refused)->start();
}

// Each ends some of the connections, which then leave the set.
void Connections::drain() {
  draining_ = true;
  for (auto* connection : std::set(open_)) connection->drain();
}

void Connections::stop() {
  stopping_ = true;
  for (auto* connection : std::set(open_)) connection->stop();
}

void Connections::close() {
  for (auto* connection : std::set(open_)) connection->close();
}

}  // namespace adit::http
