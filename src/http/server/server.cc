#include <future>
#include <list>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "adit/http_server.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "http/server/answering.h"
#include "http/server/connections.h"
#include "http/server/listening_socket.h"

namespace adit::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

/// How long answers may still be sent after the server begins to stop.
constexpr milliseconds kStopGrace{2000};

/// Raises the limit of open descriptors. The usual soft limit, 1024, is far below the number of connections that the
/// server takes, and only `select` needs so low a limit.
void allow_descriptors(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + 256);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

ServerResponse ServerResponse::json(int status, const json::value& body) {
  return {status, {{"Content-Type", "application/json"}}, to_json(body)};
}

ServerResponse ServerResponse::text(int status, std::string body, std::string content_type) {
  return {status, {{"Content-Type", std::move(content_type)}}, std::move(body)};
}

class Server::Listener {
 public:
  Listener(ServerOptions options, AsyncHandler handler)
      : connections_(std::move(options), std::move(handler), io_), grace_(io_) {
    for (auto& socket : open_listening_sockets(connections_.options())) acceptors_.emplace_back(io_, std::move(socket));
    allow_descriptors(connections_.options().max_connections);
    for (auto& acceptor : acceptors_) accept(acceptor);
    thread_ = std::thread([this] { run(); });
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() {
    asio::post(io_, [this] { stop(); });
    thread_.join();
  }

  void stop_accepting() {
    std::promise<void> done;
    asio::post(io_, [&] {
      drain();
      done.set_value();
    });
    done.get_future().wait();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptors_.front().listening_socket->port(); }
  [[nodiscard]] const ServerOptions& options() const { return connections_.options(); }
  [[nodiscard]] WaitingClients& waiting_clients() { return connections_.waiting_clients(); }

 private:
  /// An exception in a connection's step (no memory) ends only that connection.
  void run() noexcept {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (...) {
        log_ended_connection();
      }
    }
  }

  static void log_ended_connection() noexcept {
    try {
      log(LogLevel::error, "a connection ended because there was no memory for it");
    } catch (...) {  // NOLINT(bugprone-empty-catch): none for the log either
    }
  }

  struct Acceptor {
    Acceptor(asio::io_context& io, std::unique_ptr<ListeningSocket> listens)
        : listening_socket(std::move(listens)),
          socket(io.get_executor(), asio::generic::stream_protocol(listening_socket->family(), 0),
                 listening_socket->release()),
          backoff(io) {}

    std::unique_ptr<ListeningSocket> listening_socket;
    asio::basic_socket_acceptor<asio::generic::stream_protocol, asio::io_context::executor_type> socket;
    asio::steady_timer backoff;
  };

  void accept(Acceptor& acceptor) {
    acceptor.socket.async_accept([this, &acceptor](error_code error, Connections::Socket socket) {
      if (connections_.draining()) return;
      if (!error) {
        accept(acceptor);  // before take(), which may throw: the next connection must be accepted in any case
        return connections_.take(std::move(socket));
      }
      // Out of descriptors, or the client has disconnected: try again a little later, not in a busy loop.
      acceptor.backoff.expires_after(error == asio::error::connection_aborted ? milliseconds(0) : milliseconds(50));
      acceptor.backoff.async_wait([this, &acceptor](error_code cancelled) {
        if (!cancelled && !connections_.draining()) accept(acceptor);
      });
    });
  }

  void drain() {
    for (auto& acceptor : acceptors_) {
      error_code ignored;
      acceptor.socket.close(ignored);
      acceptor.listening_socket->remove_file();
      acceptor.backoff.cancel();
    }
    connections_.drain();
  }

  /// Lets the I/O thread run out of work. Closes the acceptors and the idle connections at once, and those on which a
  /// request is being answered when the grace time ends.
  void stop() {
    drain();
    connections_.stop();
    work_.reset();
    watch();
    grace_end_ = std::chrono::steady_clock::now() + kStopGrace;
  }

  /// Waits until the last connection is closed. Closes those that are left when the grace time ends.
  void watch() {
    if (connections_.empty()) return;
    grace_.expires_after(milliseconds(5));
    grace_.async_wait([this](error_code) {
      if (std::chrono::steady_clock::now() < grace_end_) return watch();
      connections_.close();
    });
  }

  asio::io_context io_{1};
  Connections connections_;
  /// Keeps the I/O thread running until `stop`, even if there is nothing to accept.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::list<Acceptor> acceptors_;
  asio::steady_timer grace_;
  std::chrono::steady_clock::time_point grace_end_;
  std::thread thread_;
};

struct Server::Workers {
  explicit Workers(int threads) : pool(static_cast<std::size_t>(std::max(1, threads))) {}
  ThreadPool pool;
};

Server::Server(ServerOptions options, Handler handler) : workers_(std::make_unique<Workers>(options.threads)) {
  listener_ = std::make_unique<Listener>(std::move(options), on_threads(std::move(handler), workers_->pool));
}

Server::Server(ServerOptions options, AsyncHandler handler)
    : listener_(std::make_unique<Listener>(std::move(options), std::move(handler))) {}

Server::~Server() {
  // The worker threads must end last: a handler that still runs answers through its connection.
  listener_.reset();
  if (workers_) workers_->pool.join();
}

void Server::stop_accepting() { listener_->stop_accepting(); }

int Server::answer_all(std::string_view json) noexcept { return listener_->waiting_clients().answer_all(json); }

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
