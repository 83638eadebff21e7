// A hostile client must not be able to fill the server's memory. Input that two parsers could understand differently is
// refused (request smuggling).
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/http_server.h"

#include "base/text/text.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using testing::ask;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::RawSocket;
using ::testing::StartsWith;

constexpr std::string_view kChunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Answers with what the handler received: the headers and the body.
ServerResponse seen(const ServerRequest& request) {
  std::string text;
  for (const auto& [name, value] : request.headers) text.append(name).append("=").append(value).append(" ");
  return ServerResponse::text(200, cat(text, "| ", request.body));
}

/// Returns the status line's beginning of the answer to `request`, which may be incomplete.
std::string status_of(const Server& server, std::string_view request) {
  return ask(server, request).substr(0, std::string_view("HTTP/1.1 400").size());
}

/// Sends `begin` and then repeats `block`, up to `most` bytes, until the server answers. Returns the answer.
std::string answer_to_flood(const Server& server, std::string_view begin, std::string_view block, std::size_t most) {
  auto socket = RawSocket::connect_to(server.port());
  socket.send(begin);
  for (std::size_t sent = 0; sent < most && !socket.receive_more(0); sent += block.size()) socket.send(block);
  return socket.read_message();
}

// Limits of size.

TEST(HostileClient, endless_chunk_sizes_extensions_and_trailers_are_refused) {
  const Server server({}, seen);
  const std::string a(10'000, 'a');
  const std::string zeros(10'000, '0');
  const std::vector<std::pair<std::string, std::string>> floods = {
      {cat(kChunked, "0\r\n"), "a: b\r\n"},                                            // trailers
      {cat(kChunked, "0\r\na: "), a},                                                  // one trailer
      {cat(kChunked, "0\r\n"), a},                                                     // a trailer's name
      {cat(kChunked, "1;"), a},                                                        // a chunk extension
      {cat(kChunked, "1 "), std::string(1000, ' ')},                                   // blanks after a size
      {cat(kChunked, "1;a=\""), a},                                                    //
      {cat(kChunked), zeros},                                                          // zeros of a chunk's size
      {cat(kChunked), "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n"},  // one extension per chunk
  };
  const auto refused = ::testing::AnyOf(StartsWith("HTTP/1.1 431 "), StartsWith("HTTP/1.1 400 "));
  for (const auto& [begin, block] : floods)
    EXPECT_THAT(answer_to_flood(server, begin, block, 1U << 20U), refused)
        << begin.substr(kChunked.size()) << block.substr(0, 50);
}

TEST(HostileClient, an_endless_head_is_refused_however_it_is_split) {
  const Server server({.max_header_bytes = 4096}, seen);
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (const auto& [begin, block] : std::vector<std::pair<std::string, std::string>>{
           {get, "a: b\r\n"}, {get + "a: ", std::string(100, 'b')}, {"GET /", std::string(100, 'b')}, {"", "G"}}) {
    // At first one field at a time, so that some of the server's reads end at the end of a field.
    auto socket = RawSocket::connect_to(server.port());
    socket.send(begin);
    for (std::size_t sent = 0; sent < 20'000 && !socket.receive_more(sent < 400 ? 2 : 0); sent += block.size())
      socket.send(block);
    EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 431 ")) << block;
  }
  EXPECT_EQ(status_of(server, std::string(10'000, '\n')), "HTTP/1.1 400");
}

TEST(HostileClient, the_number_of_header_fields_is_limited) {
  const Server server({}, seen);
  const auto request = [](int fields) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < fields; ++i) text += "a:\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(status_of(server, request(250)), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, request(251)), "HTTP/1.1 431");
}

TEST(HostileClient, a_chunked_body_is_refused_as_soon_as_its_size_is_known) {
  const Server server({.max_body_bytes = 1000}, seen);
  EXPECT_EQ(status_of(server, cat(kChunked, "3e9\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(status_of(server, cat(kChunked, "3e8\r\n", std::string(1000, 'x'), "\r\n1\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(status_of(server, cat(kChunked, "3e8\r\n", std::string(1000, 'x'), "\r\n0\r\n\r\n")), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, cat(kChunked, "ffffffffffffffff\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(status_of(server, cat(kChunked, "fffffffffffffff\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(status_of(server, cat(kChunked, "10000000000000000\r\n")), "HTTP/1.1 400");
}

// Trailers and chunks.

TEST(HostileClient, trailers_do_not_become_headers) {
  const Server server({}, seen);
  const auto answer = ask(server, cat(kChunked, "2\r\nhi\r\n0\r\nX-Require-Whisk-Auth: open\r\nHost: other\r\n",
                                      "Content-Length: 9\r\n\r\n"));
  EXPECT_THAT(answer, EndsWith("Host=h Transfer-Encoding=chunked | hi"));
}

TEST(HostileClient, a_request_after_one_with_trailers_is_read_from_its_beginning) {
  const Server server({}, seen);
  auto socket = RawSocket::connect_to(server.port());
  socket.send(cat(kChunked, "2;a=\"b\"\r\nhi\r\n00000\r\nX: y\r\n\r\nGET / HTTP/1.1\r\nHost: next\r\n\r\n"));
  EXPECT_THAT(socket.read_message(), EndsWith("| hi"));
  EXPECT_THAT(socket.read_message(), EndsWith("Host=next | "));
}

TEST(HostileClient, chunks_are_read_the_same_however_they_are_split) {
  const Server server({}, seen);
  const auto request = cat(kChunked, "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\n");
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
    auto socket = RawSocket::connect_to(server.port());
    for (std::size_t i = 0; i < request.size(); i += piece) socket.send(std::string_view(request).substr(i, piece));
    EXPECT_THAT(socket.read_message(), EndsWith("| abc0123456789")) << piece;
  }
}

// Input that two parsers could understand differently.

TEST(HostileClient, bodies_of_ambiguous_length_are_refused) {
  const Server server({}, seen);
  for (const std::string_view fields : {
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: chunked, gzip\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Transfer-Encoding: 'chunked'\r\n",
           "Transfer-Encoding: chunked;q=1\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked,\r\n",
           "Transfer-Encoding: ,chunked\r\n",
           "Transfer-Encoding: identity\r\n",
           "Transfer-Encoding:\r\n",
           "Transfer-Encoding:\x0b chunked\r\n",
           "Transfer-Encoding: chunked\x0b\r\n",
           "Transfer-Encoding : chunked\r\n",
           " Transfer-Encoding: chunked\r\n",
           "X: y\r\n Transfer-Encoding: chunked\r\n",
           "Transfer-Encoding:\r\n chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: 5,\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5.0\r\n",
           "Content-Length: \"5\"\r\n",
           "Content-Length:\r\n",
           "Content-Length: 18446744073709551621\r\n",
           "Content-Length : 5\r\n",
       }) {
    const auto answer = ask(
        server, cat("POST / HTTP/1.1\r\nHost: h\r\n", fields, "\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << fields;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << fields;
  }
  EXPECT_EQ(status_of(server, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_THAT(ask(server, "POST / HTTP/1.1\r\nHost: h\r\ntransfer-ENCODING: \t Chunked \t\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
              EndsWith("| x"));
  EXPECT_THAT(ask(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0005\r\n\r\n01234"), EndsWith("| 01234"));
}

TEST(HostileClient, ambiguous_chunks_are_refused) {
  const Server server({}, seen);
  for (const std::string_view chunks :
       {"\r\n", ";x\r\n", " 1\r\nx\r\n0\r\n\r\n", "1 \r\nx\r\n0\r\n\r\n", "1\nx\r\n0\r\n\r\n", "1\r\nx\n0\r\n\r\n",
        "1\r\nxy\r\n0\r\n\r\n", "1\rx\r\n0\r\n\r\n", "+1\r\nx\r\n0\r\n\r\n", "-1\r\n", "0x1\r\nx\r\n0\r\n\r\n", "g\r\n",
        "1;\n\r\nx\r\n0\r\n\r\n", "1;a\rb\r\nx\r\n0\r\n\r\n", "0\r\nT: u\n\r\n", "0\r\n\n", "0\n\r\n"})
    EXPECT_EQ(status_of(server, cat(kChunked, chunks)), "HTTP/1.1 400") << chunks;
  EXPECT_EQ(status_of(server, cat(kChunked, std::string_view("1;\0\r\n", 5))), "HTTP/1.1 400");
}

TEST(HostileClient, ambiguous_heads_are_refused) {
  const Server server({}, seen);
  const auto get = [](std::string_view fields) { return cat("GET / HTTP/1.1\r\nHost: h\r\n", fields, "\r\n"); };
  for (const auto& request : {
           get("a: b\nc: d\r\n"),
           get("a: b\rc: d\r\n"),
           get("a: b\r\r\n"),
           get(std::string_view("a: b\0c\r\n", 8)),
           get(std::string_view("a\0b: c\r\n", 8)),
           get("a: \x01\r\n"),
           get("a: \x7f\r\n"),
           get("a : b\r\n"),
           get("a\t: b\r\n"),
           get(": b\r\n"),
           get("a\r\n"),
           get("a b: c\r\n"),
           get("a: b\r\n c\r\n"),
           get("a: b\r\n\tc\r\n"),
           get("(a): b\r\n"),
           cat("GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
           cat("GET / HTTP/1.1\nHost: h\n\n"),
           cat("GET / HTTP/1.1\r\nHost: h\n\r\n"),
           cat("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET /  HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET\t/\tHTTP/1.1\r\nHost: h\r\n\r\n"),
           cat(" GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET /\r\nHost: h\r\n\r\n"),
           cat("GET h HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET //@h/ HTTP/1.1\r\nHost: h@g\r\n\r\n"),
           cat("GET http:///p HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET http://u@h/p HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET http://other/p HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET http://h:81/p HTTP/1.1\r\nHost: h\r\n\r\n"),
           cat("GET http://h/p HTTP/1.1\r\nHost: h:443\r\n\r\n"),
           cat("GET / HTTP/1.1\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
           cat("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
           cat("GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"),
           cat("\x16\x03\x01\x02"),
       })
    EXPECT_THAT(status_of(server, request), ::testing::AnyOf("HTTP/1.1 400", "HTTP/1.1 505")) << request;
  EXPECT_EQ(status_of(server, "GET http://H:80/p HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, "GET http://h/p HTTP/1.1\r\nHost: h:80\r\n\r\n"), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, "GET /p HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, "\r\n\r\nGET /p HTTP/1.1\r\nHost:\r\n\r\n"), "HTTP/1.1 200");
}

TEST(HostileClient, expect_is_obeyed_only_in_http_1_1) {
  const Server server({}, seen);
  EXPECT_EQ(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue, x\r\n\r\n"),
            "HTTP/1.1 417");
  EXPECT_EQ(status_of(server, "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: x\r\n\r\ny"), "HTTP/1.1 200");
  EXPECT_EQ(status_of(server, "GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"), "HTTP/1.1 200");
}

// The time limit applies to a whole request, not to each byte.

TEST(HostileClient, bytes_that_have_arrived_when_the_time_is_up_do_not_extend_it) {
  // Whether the second request was there before the first one's time was up: try with a longer time until it is.
  std::atomic<bool> in_time = false;
  for (auto time = 200ms; !in_time && time < 10min; time *= 10) {
    std::optional<RawSocket> slow;
    ServerOptions options{.request_timeout = time};
    options.admit = [&](const ServerRequest& head) {
      if (head.path != "/other") return Admission{};
      in_time = !slow->receive_more(0);
      // When the server's thread continues, the time is up and more bytes have arrived than one read takes.
      slow->send(std::string(70'000, 'x'));
      std::this_thread::sleep_for(2 * time);
      return Admission{};
    };
    const Server server(options, seen);
    slow.emplace(RawSocket::connect_to(server.port()));
    slow->send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
    EXPECT_EQ(status_of(server, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 200");
    EXPECT_THAT(slow->read_message(), StartsWith("HTTP/1.1 408 "));
  }
  EXPECT_TRUE(in_time);
}

TEST(HostileClient, bytes_that_trickle_do_not_extend_a_requests_time) {
  constexpr int kMaxTrickled = 20'000;  // five milliseconds each
  const Server server({.request_timeout = 200ms}, seen);
  for (const std::string_view begin :
       {std::string_view("GET / HTTP/1.1\r\na: "), std::string_view("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
                                                                    "100000\r\n\r\n")}) {
    auto socket = RawSocket::connect_to(server.port());
    socket.send(begin);
    int trickled = 0;
    for (; trickled < kMaxTrickled && !socket.receive_more(5); ++trickled) socket.send("x");
    EXPECT_LT(trickled, kMaxTrickled);
    EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 408 ")) << begin;
  }
  // Empty lines alone are not a request: the connection is closed without an answer.
  auto socket = RawSocket::connect_to(server.port());
  int trickled = 0;
  for (; trickled < kMaxTrickled; ++trickled) {
    socket.send("\r\n");
    pollfd poll{socket.descriptor(), POLLIN, 0};
    if (::poll(&poll, 1, 5) == 1) break;
  }
  EXPECT_LT(trickled, kMaxTrickled);
  EXPECT_EQ(socket.read_to_end(), "");
}

// Clients that are not authenticated.

ServerOptions with_admission() {
  ServerOptions options;
  options.max_body_bytes = 1U << 20U;
  options.admit = [](const ServerRequest& head) {
    if (head.path == "/private" && !head.headers.has("key"))
      return Admission{.refusal = ServerResponse::text(401, cat(head.method, " what? ", head.remote_address))};
    if (head.path == "/private") return Admission{.trusted = true};
    return Admission{.max_body_bytes = 10};
  };
  return options;
}

TEST(Admission, decides_by_the_head_how_much_of_a_body_is_read) {
  const Server server(with_admission(), seen);
  const auto post = [](std::string_view path, std::string_view fields) {
    return cat("POST ", path, " HTTP/1.1\r\nHost: h\r\n", fields, "\r\n");
  };
  // The answer comes before any byte of the body is sent.
  EXPECT_THAT(ask(server, post("/private", "Content-Length: 1000\r\n")),
              ::testing::AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("Connection: close\r\n"),
                               EndsWith("POST what? 127.0.0.1")));
  EXPECT_THAT(ask(server, post("/private", "Expect: 100-continue\r\nContent-Length: 1000\r\n")),
              StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(status_of(server, post("/private", "key: 1\r\nContent-Length: 2000000\r\n")), "HTTP/1.1 413");
  EXPECT_THAT(ask(server, cat(post("/private", "key: 1\r\nContent-Length: 20\r\n"), std::string(20, 'x'))),
              EndsWith(std::string(20, 'x')));
  EXPECT_EQ(status_of(server, post("/public", "Content-Length: 11\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(status_of(server, cat(post("/public", "Transfer-Encoding: chunked\r\n"), "b\r\n")), "HTTP/1.1 413");
  EXPECT_THAT(ask(server, cat(post("/public", "Content-Length: 10\r\n"), "0123456789")), EndsWith("| 0123456789"));
}

TEST(Admission, bodies_that_are_being_read_share_one_limit) {
  auto options = with_admission();
  options.max_buffered_bytes = 100'000;
  options.admit = [](const ServerRequest& head) { return Admission{.trusted = head.headers.has("key")}; };
  const Server server(options, [](const ServerRequest& request) {
    return ServerResponse::text(200, std::to_string(request.body.size()));
  });
  const auto begun = [&](std::string_view fields) {
    auto socket = RawSocket::connect_to(server.port());
    socket.send(
        cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200001\r\n", fields, "\r\n", std::string(100'000, 'x')));
    return socket;
  };
  const auto ended = [](RawSocket& socket) {
    socket.send(std::string(100'001, 'x'));
    return socket.read_message();
  };
  auto first = begun("");
  auto second = begun("");
  auto known = begun("key: 1\r\n");
  // The first two bodies together exceed the limit: at least one is refused. A trusted client and small bodies are not.
  EXPECT_THAT(ended(known), EndsWith("200001"));
  EXPECT_THAT(ask(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"), EndsWith("2"));
  EXPECT_THAT(ended(second), StartsWith("HTTP/1.1 503 "));
  first.close();
  second.close();
}

TEST(Admission, requests_that_are_refused_answered_or_closed_no_longer_count) {
  ServerOptions options;
  options.max_buffered_bytes = 400'000;
  const Server server(options, [](const ServerRequest& request) {
    return ServerResponse::text(200, std::to_string(request.body.size()));
  });
  const auto body = std::string(150'000, 'x');
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(ask(server, cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 150000\r\n\r\n", body)),
                EndsWith("150000"));
    auto gone = RawSocket::connect_to(server.port());
    gone.send(cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 150001\r\n\r\n", body));
    gone.shut_sending();
    EXPECT_EQ(gone.read_to_end(), "");
    EXPECT_EQ(status_of(server, cat(kChunked, "249f0\r\n", body, "bad")), "HTTP/1.1 400");
  }
}

}  // namespace
}  // namespace adit::http
