#include "http/server/connections.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "adit/secret.h"

#include "base/secret/wiping.h"
#include "base/text/text.h"
#include "http/server/answering.h"
#include "http/server/request_reader.h"
#include "http/server/server_stream.h"
#include "http/server/wire.h"

namespace adit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Socket = Connections::Socket;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// After its last answer, the server reads for this long what the client still sends. If it closed the connection with
/// unread bytes, the connection would be reset and the client could lose the answer.
constexpr milliseconds kLinger{1000};
/// How many connections above the limit get an answer with status 503 at a time. Further ones are closed without an
/// answer.
constexpr std::size_t kMaxRefusals = 64;
/// How many bytes are read at once. Most requests are smaller than the small piece; large bodies are read in large
/// ones.
constexpr std::uint64_t kSmallPiece = 4096;
constexpr std::uint64_t kLargePiece = 65536;
/// The part of each body that does not count against `ServerOptions::max_buffered_bytes`.
constexpr std::size_t kFreeBody = 64U << 10U;

/// Returns the client's address as text, or an empty string for a Unix socket.
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

/// One client's connection, from accept to close. It reads a request, calls the handler, writes the answer, and starts
/// again. Requests that arrive before an answer is sent wait in the buffer, so answers keep the requests' order.
///
/// Everything runs on the thread of `io`, except `send`. While a handler has the request, the members that the answer
/// needs belong to the answering thread, until `turn_` hands them back.
class Connections::Connection : public std::enable_shared_from_this<Connection> {
  template <typename Method>
  auto then(Method method) {
    return [self = shared_from_this(), method](auto... results) { ((*self).*method)(results...); };
  }

 public:
  Connection(Connections& all, Socket socket, bool refused)
      : all_(all),
        stream_(std::move(socket), all.tls_ ? &*all.tls_ : nullptr),
        remote_address_(address_of(stream_.plain())),
        refused_(refused),
        timer_(all.io_.get_executor()) {
    all_.open_.insert(this);
    all_.refusals_ += refused_ ? 1 : 0;
    error_code ignored;  // a Unix socket has no such option
    stream_.plain().set_option(tcp::no_delay(true), ignored);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    clear_answer();
    count_buffered(0);
    all_.open_.erase(this);
    all_.refusals_ -= refused_ ? 1 : 0;
  }

  void start() {
    if (!stream_.secure()) return begin();
    allow(all_.options_.request_timeout);
    stream_.async_handshake(then(&Connection::on_handshake));
  }

  /// The server takes no new requests. Closes the connection if it is waiting for one.
  void drain() {
    if (state_ == State::handling) wait_for_report();
    if (state_ == State::idle) close();
  }

  /// The server stops. Closes the connection unless a request is being answered.
  void stop() {
    if (state_ != State::handling && state_ != State::writing) close();
  }

  void close() {
    if (state_ == State::handling && !wait_for_report()) {
      // The descriptor stays open, because another thread may be sending on it.
      error_code ignored;
      stream_.plain().shutdown(Socket::shutdown_both, ignored);
      closing_ = true;
      return;
    }
    state_ = State::closed;
    WaitingClients::remove(waiting_clients_);
    timer_.cancel();
    error_code ignored;
    stream_.plain().close(ignored);
  }

 private:
  enum class State { opening, idle, reading, handling, writing, faulty, lingering, closed };

  /// Which thread owns the answer's members while a request is handled.
  enum class Turn {
    /// The answering thread, which need not report that it has sent the answer.
    answer,
    /// The answering thread, which must hand them back with `on_answered`.
    answer_then_report,
    /// The thread of `io`: the answer is sent.
    next_request,
  };

  /// Keeps the connection alive, and `io` running, until the answering thread has called `on_answered`.
  struct Kept {
    std::shared_ptr<Connection> connection;
    asio::executor_work_guard<asio::io_context::executor_type> work;
  };

  using Timer =
      asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, asio::io_context::executor_type>;

  void on_handshake(error_code error) {
    if (error && is_plain_http(error)) {
      stream_.drop_tls();
      return answer_and_close(400, "This port speaks HTTPS: begin the URL with https://.\n");
    }
    if (error) return close();
    begin();
  }

  void begin() {
    if (refused_) return answer_and_close(503, "The server has reached its limit of connections.\n");
    await_request();
  }

  // Time limits.

  /// Gives the current step `time` from now. The timer is set again only if it would fire too late; if it fires too
  /// early, `on_timer` sets it again. So most steps of a connection do not touch the timer.
  void allow(milliseconds time) {
    limit_ = steady_clock::now() + time;
    if (limit_ < ringing_) set_timer();
  }

  void set_timer() {
    ringing_ = limit_;
    timer_.expires_at(limit_);
    timer_.async_wait(then(&Connection::on_timer));
  }

  void on_timer(error_code cancelled) {
    if (cancelled || state_ == State::closed) return;
    ringing_ = steady_clock::time_point::max();
    if (state_ == State::handling && !wait_for_report()) return;
    if (limit_ > steady_clock::now()) return set_timer();
    on_time_up();
  }

  void on_time_up() {
    if (state_ == State::faulty) return (this->*after_pause_)();
    if (state_ != State::reading) return close();
    time_up_ = true;  // give_up_request() reports the reason to the client
    error_code ignored;
    stream_.plain().cancel(ignored);
  }

  // Reading.

  void await_request() {
    if (all_.draining_) return close();
    state_ = State::idle;
    if (buffer_.size() > 0) return parse();
    if (!reading_ && buffer_.capacity() > kSmallPiece) buffer_.shrink_to_fit();
    allow(all_.options_.idle_timeout);
    read();
  }

  /// Reads what the client sends. One read may also be pending while the client waits for its answer.
  void read() {
    if (at_end_) return close();
    if (reading_) return;
    reading_ = true;
    const auto rest = state_ == State::reading && reader_->has_head() ? reader_->body_left() : 0;
    stream_.async_read_some(buffer_.prepare(std::clamp<std::uint64_t>(rest, kSmallPiece, kLargePiece)),
                            then(&Connection::on_bytes));
  }

  void on_bytes(error_code error, std::size_t size) {
    reading_ = false;
    buffer_.commit(size);
    at_end_ = error && error != asio::error::operation_aborted;
    if (state_ == State::handling && !wait_for_report()) return;
    if (state_ == State::lingering) return discard_input();
    if (state_ != State::idle && state_ != State::reading) return;  // the answer comes first
    if (!error) return parse();
    give_up_request();
  }

  /// The client has closed the connection, was idle for too long, or its request takes too long.
  void give_up_request() {
    if (!time_up_ || all_.stopping_ || !reader_ || !reader_->has_begun()) return close();
    answer_and_close(408, "The request did not arrive completely in time.\n");
  }

  void parse() {
    if (state_ == State::idle) begin_request();
    while (!reader_->is_done() && buffer_.size() > 0) {
      const bool in_head = !reader_->has_head();
      const auto bytes = buffer_.data();
      const auto taken = reader_->put({static_cast<const char*>(bytes.data()), bytes.size()});
      wipe(bytes.data(), taken);
      buffer_.consume(taken);
      if (reader_->failure()) return refuse();
      if (in_head && reader_->has_head() && !(admit() && meets_expectation())) return;
      if (!count_buffered(reader_->request().body.capacity()))
        return answer_and_close(503, "The server's memory for requests is full; try again later.\n");
      if (taken == 0) break;
    }
    // The time may be up while on_bytes() is already queued: then on_time_up() had no read to cancel.
    if (!reader_->is_done()) return time_up_ ? give_up_request() : read();
    handle();
  }

  void begin_request() {
    state_ = State::reading;
    reader_.emplace(all_.options_.max_header_bytes, all_.options_.max_body_bytes);
    trusted_ = false;
    time_up_ = false;
    allow(all_.options_.request_timeout);
  }

  /// Returns false if the request must not be read any further.
  bool admit() {
    auto& request = reader_->request();
    request.remote_address = remote_address_;
    request.secure = stream_.secure();
    if (!all_.options_.admit) return true;
    auto admission = all_.options_.admit(request);
    trusted_ = admission.trusted;
    reader_->limit_body(admission.max_body_bytes);
    if (admission.refusal) {
      answer_and_close(std::move(*admission.refusal));
      return false;
    }
    if (!reader_->failure()) return true;
    refuse();
    return false;
  }

  /// Returns false if all bodies together have become larger than `ServerOptions::max_buffered_bytes`.
  bool count_buffered(std::size_t size) {
    const auto counted = trusted_ || size <= kFreeBody ? 0 : size - kFreeBody;
    const bool grows = counted > counted_;
    all_.buffered_ = all_.buffered_ - counted_ + counted;
    counted_ = counted;
    return !grows || all_.buffered_ <= all_.options_.max_buffered_bytes;
  }

  /// Returns false if the request must not be read any further now.
  bool meets_expectation() {
    const auto expect = reader_->request().headers.get_or_empty("expect");
    if (expect.empty() || reader_->is_done() || reader_->is_http_1_0()) return true;
    if (!equals_ignoring_case(expect, "100-continue")) {
      answer_and_close(417, "This expectation is not supported.\n");
      return false;
    }
    if (buffer_.size() > 0) return true;  // the body comes anyway
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue), then(&Connection::on_continue));
    return false;
  }

  void on_continue(error_code error, std::size_t /*size*/) {
    if (error) return close();
    read();
  }

  /// Answers a malformed or too large request with the error that the reader found.
  void refuse() { answer_and_close(reader_->failure()->status, reader_->failure()->text); }

  // Handling.

  void handle() {
    auto request = std::move(reader_->request());
    head_only_ = request.head;
    http_1_0_ = reader_->is_http_1_0();
    keep_alive_ = reader_->keep_alive();
    reader_.reset();
    count_buffered(0);
    const Reply reply([this](ServerResponse response) { send(std::move(response)); });
    if (!stream_.secure()) waiting_clients_ = all_.waiting_clients_.add(stream_.plain().native_handle());

    // From here on an answer is certain: the reply's destructor sends one if the handler does not.
    state_ = State::handling;
    turn_ = Turn::answer;
    // Whether this thread must learn when the answer is sent: to send it through TLS, to handle a request that is
    // already in the buffer, to close, or because the timer would fire too late to end the idle time after the answer.
    const bool needed = stream_.secure() || buffer_.size() > 0 || at_end_ ||
                        ringing_ > steady_clock::now() + all_.options_.idle_timeout;
    if (needed) wait_for_report();
    answer(all_.handler_, std::move(request), reply);
    if (!needed) read();
  }

  /// If the answer is sent, makes the connection idle and returns true. Otherwise makes the answering thread call
  /// `on_answered`, and returns false.
  bool wait_for_report() {
    if (kept_) return false;  // `on_answered` will be called, or is already queued
    if (turn_.exchange(Turn::answer_then_report) != Turn::next_request) {
      kept_.emplace(Kept{shared_from_this(), asio::make_work_guard(all_.io_)});
      return false;
    }
    state_ = State::idle;
    limit_ = answered_ + all_.options_.idle_timeout;
    return true;
  }

  /// Sends as much of the answer as the socket takes without blocking. Runs on any thread.
  void send(ServerResponse response) noexcept {
    bool whole = false;
    try {
      // begin_sending() returns false if answer_all() has already answered. Then the process ends, and nothing is sent.
      failed_ = !WaitingClients::begin_sending(waiting_clients_);
      fault_ = std::exchange(response.fault, std::nullopt);
      if (all_.draining_ || equals_ignoring_case(trim(response.headers.get_or_empty("connection")), "close"))
        keep_alive_ = false;
      wire_ = to_wire(std::move(response), head_only_, keep_alive_, http_1_0_);
      sent_ = 0;
      if (!failed_ && !fault_ && !stream_.secure()) whole = send_at_once();
    } catch (...) {  // no memory
      failed_ = true;
      whole = false;
    }
    if (whole && keep_alive_) {
      clear_answer();
      answered_ = steady_clock::now();
      // After this exchange the connection may be destroyed, unless it waits for `on_answered`.
      if (turn_.exchange(Turn::next_request) == Turn::answer) return;
    }
    post_answered();
  }

  /// Queues `on_answered`, for which the connection waits. Tries again until there is memory for it.
  void post_answered() noexcept {
    for (;;) {
      try {
        return asio::post(all_.io_, [this] { on_answered(); });
      } catch (...) {
        std::this_thread::sleep_for(milliseconds(1));
      }
    }
  }

  /// Returns false if a part of the answer is left to send.
  bool send_at_once() {
    std::array<iovec, 2> parts{iovec{wire_.head.data(), wire_.head.size()},
                               iovec{wire_.body.data(), wire_.body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const auto sent = ::sendmsg(stream_.plain().native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    sent_ = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));  // sending the rest will report the error again
    return sent_ == wire_.head.size() + wire_.body.size();
  }

  void clear_answer() {
    WaitingClients::remove(waiting_clients_);
    // Bodies and headers may contain tokens.
    wipe(wire_.body.data(), wire_.body.size());
    wipe(wire_.head.data(), wire_.head.size());
    wire_ = {};
    sent_ = 0;
  }

  void on_answered() {
    const auto kept = std::exchange(kept_, std::nullopt);
    const auto self = shared_from_this();
    state_ = State::writing;
    if (failed_ || closing_) return close();
    if (!fault_) return write_rest();
    if (all_.stopping_) return close();
    pause(fault_->delay, &Connection::on_delayed);
  }

  // Writing.

  void write_rest() {
    const auto of_head = std::min(sent_, wire_.head.size());
    wire_.head.erase(0, of_head);
    write(sent_ - of_head, wire_.body.size(), &Connection::on_written);
  }

  /// Writes the rest of the head and the body's bytes [from, to).
  void write(std::size_t from, std::size_t to, void (Connection::*next)(error_code, std::size_t)) {
    state_ = State::writing;
    if (wire_.head.empty() && from == to) return (this->*next)({}, 0);
    allow(all_.options_.request_timeout);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(wire_.head),
                                                  asio::buffer(wire_.body.data() + from, to - from)};
    asio::async_write(stream_, parts, then(next));
  }

  void pause(milliseconds time, void (Connection::*next)()) {
    state_ = State::faulty;
    after_pause_ = next;
    allow(time);
  }

  void on_delayed() {
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
    pause(fault_->stall_time, &Connection::on_stalled);
  }

  void on_stalled() {
    wire_.head.clear();
    if (fault_->cut_after) return write(sent_, std::min(*fault_->cut_after, wire_.body.size()), &Connection::on_cut);
    write(sent_, wire_.body.size(), &Connection::on_written);
  }

  void on_cut(error_code /*error*/, std::size_t /*size*/) { close(); }

  void reset() {
    error_code ignored;
    stream_.plain().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  void on_written(error_code error, std::size_t /*size*/) {
    clear_answer();
    if (error || state_ == State::closed) return close();
    if (!keep_alive_ || all_.draining_) return linger();
    await_request();
  }

  void answer_and_close(int status, std::string text) {
    auto response = ServerResponse::text(status, std::move(text));
    if (all_.options_.format_error) {
      auto request = reader_ ? std::move(reader_->request()) : ServerRequest();
      request.remote_address = remote_address_;
      request.secure = stream_.secure();
      response = all_.options_.format_error(std::move(response), request);
    }
    answer_and_close(std::move(response));
  }

  void answer_and_close(ServerResponse response) {
    keep_alive_ = false;
    wire_ = to_wire(std::move(response), false, false, false);
    reader_.reset();  // frees the request, because a slow client may take long to read the answer
    count_buffered(0);
    write(0, wire_.body.size(), &Connection::on_written);
  }

  /// Closes the sending side and reads what the client still sends (see `kLinger`).
  void linger() {
    state_ = State::lingering;
    allow(kLinger);
    if (!stream_.secure()) return shut_sending();
    stream_.async_tls_shutdown([self = shared_from_this()](error_code /*error*/) { self->shut_sending(); });
  }

  void shut_sending() {
    error_code ignored;
    stream_.plain().shutdown(Socket::shutdown_send, ignored);
    stream_.drop_tls();
    if (all_.stopping_ || state_ == State::closed) return close();
    discard_input();
  }

  void discard_input() {
    buffer_.clear();
    read();
  }

  Connections& all_;
  ServerStream stream_;
  std::string remote_address_;
  State state_ = State::opening;
  bool refused_ = false;
  /// Close the connection when `on_answered` is called.
  bool closing_ = false;

  Timer timer_;
  steady_clock::time_point limit_ = steady_clock::time_point::max();
  steady_clock::time_point ringing_ = steady_clock::time_point::max();
  void (Connection::*after_pause_)() = nullptr;
  bool time_up_ = false;

  beast::basic_flat_buffer<WipingAllocator<char>> buffer_;
  std::optional<RequestReader> reader_;
  /// `ServerOptions::admit` has authenticated the client.
  bool trusted_ = false;
  /// This connection's share of `all_.buffered_`.
  std::size_t counted_ = 0;
  bool reading_ = false;
  /// The client has closed its sending side, or the connection failed.
  bool at_end_ = false;

  std::atomic<Turn> turn_ = Turn::next_request;
  std::optional<Kept> kept_;

  // The answer.
  WaitingClients::Slot* waiting_clients_ = nullptr;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = false;
  WireResponse wire_;
  std::size_t sent_ = 0;
  std::optional<ConnectionFault> fault_;
  bool failed_ = false;
  steady_clock::time_point answered_;
};

Connections::Connections(ServerOptions options, AsyncHandler handler, asio::io_context& io)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      tls_(options_.tls ? std::optional(make_tls_context(*options_.tls)) : std::nullopt),
      io_(io),
      waiting_clients_(options_.max_connections) {}

Connections::~Connections() = default;

void Connections::take(Socket socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  const bool refused = open_.size() - refusals_ >= options_.max_connections;
  if (refused && refusals_ >= kMaxRefusals) return;
  std::make_shared<Connection>(*this, std::move(socket), refused)->start();
}

// These copy the set, because a connection that is closed removes itself from it.
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
