// Whole connections, which the server's own code reads: pipelined, chunked and truncated requests.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text/text.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "http/server/connections.h"

using namespace adit;
using namespace adit::http;
using namespace adit::fuzz;

namespace {

constexpr std::size_t kMaxTestBody = 4096;

std::string text_of_request(const ServerRequest& request) {
  auto text = cat(request.method, ' ', request.head ? "head " : "", request.path, '?', request.query, '\n');
  for (const auto& [name, value] : request.headers) text += cat(name, ": ", value, '\n');
  return cat(text, '\n', request.body);
}

/// Returns the answers that have arrived so far.
std::string take_answers(int client) {
  std::string all;
  char piece[16384];
  for (ssize_t count = 0; (count = ::recv(client, piece, sizeof piece, MSG_DONTWAIT)) > 0;)
    all.append(piece, static_cast<std::size_t>(count));
  return all;
}

std::size_t times_in(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// Returns the requests that the server's handler gets, as texts. Sends the bytes in pieces of these sizes, repeatedly.
std::vector<std::string> requests_in(std::string_view bytes, const std::vector<std::size_t>& pieces) {
  std::vector<std::string> seen;
  std::string answers;
  boost::asio::io_context io;
  ServerOptions options;
  options.max_body_bytes = kMaxTestBody;
  options.max_header_bytes = 2048;
  options.max_connections = 4;
  Connections connections(
      options,
      [&seen](ServerRequest request, const Reply& reply) {
        seen.push_back(text_of_request(request));
        require(request.body.size() <= kMaxTestBody, "no body is longer than allowed");
        reply(ServerResponse::text(200, cat("request ", seen.size(), "\n")));
      },
      io);
  int ends[2];
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "sockets can be made");
  connections.take(Connections::Socket(io.get_executor(), boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[1]));
  std::size_t turn = 0;
  while (!bytes.empty()) {
    const auto size = std::min(bytes.size(), pieces[turn++ % pieces.size()]);
    if (::send(ends[0], bytes.data(), size, MSG_NOSIGNAL) < 0) break;
    bytes.remove_prefix(size);
    io.poll();
    answers += take_answers(ends[0]);
  }
  ::shutdown(ends[0], SHUT_WR);
  io.restart();
  io.poll();
  answers += take_answers(ends[0]);
  require(connections.empty(), "a connection is closed when its client has closed it");
  ::close(ends[0]);
  require(times_in(answers, "HTTP/1.1 200 OK\r\n") == seen.size(), "each request gets an answer");
  return seen;
}

}  // namespace

ADIT_FUZZ(http_requests) {
  Input input(bytes);
  const std::vector<std::size_t> pieces{1 + input.choice(40), 1 + input.choice(40), 1 + input.choice(3)};
  if (input.rest().size() > 65536) return;
  require(requests_in(input.rest(), {65536}) == requests_in(input.rest(), pieces),
          "the requests do not depend on how the bytes are split");
}
