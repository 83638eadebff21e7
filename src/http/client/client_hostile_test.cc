// A broken or hostile server must not be able to corrupt the client's memory, exhaust it, or keep the client busy.
#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using testing::kOk;
using testing::RawServer;
using testing::RawSocket;

constexpr std::string_view kWithHeaders =
    "HTTP/1.1 200 OK\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nX-B: b\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kRest = "Content-Length: 2\r\n\r\nok";

/// Answers with folded header lines that do not follow a header line.
std::vector<std::string> folded_answers() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n";
  const std::string long_line = cat(" t:", std::string(400, 'B'), "\r\n");
  return {
      cat(ok, long_line, kRest),
      cat(ok, "\tt: b\r\n", kRest),
      cat(ok, " \r\n", kRest),
      cat(ok, " a\r\n b\r\n", long_line, long_line, kRest),
      cat(ok, " a\r\nX-A: a\r\n", long_line, "X-B:\r\n\t\r\n b\r\n", kRest),
      cat("HTTP/1.1 100 Continue\r\n", long_line, "\r\n", ok, kRest),
      cat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", ok, long_line, kRest),
      cat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n", long_line, "\r\n", ok, long_line, kRest),
      cat(chunked, long_line, "\r\n"),
      cat(chunked, "T: a\r\n", long_line, "\r\n"),
      cat(ok, ": a\r\n", kRest),
      cat(ok, ":\r\n", long_line, kRest),
      cat(ok, " : a\r\n", kRest),
      cat(ok, "no colon\r\n", long_line, kRest),
      cat("HTTP/1.0 200 OK\r\n", long_line, "\r\nok"),
      cat("\r\n", long_line, kRest),
  };
}

/// Returns the answer's body or the code of the error.
std::string outcome(Client& client, const Request& request) {
  try {
    return client.send(request).body();
  } catch (const Error& error) {
    return error.code();
  }
}

const auto kOkOrFailed = ::testing::AnyOf("ok", "request_failed");

TEST(HostileServer, a_header_that_begins_with_a_folded_line_does_not_corrupt_memory) {
  for (const auto& folded : folded_answers()) {
    SCOPED_TRACE(folded);
    // The server alternates between plain and folded answers, on pooled connections and on new ones.
    std::atomic<int> answers = 0;
    const RawServer server([&](RawSocket& socket, int) {
      while (!socket.read_message().empty()) socket.send(++answers % 2 != 0 ? kWithHeaders : std::string_view(folded));
    });
    Client client({.idle_timeout = std::chrono::milliseconds(200)});
    for (int i = 0; i < 6; ++i) EXPECT_THAT(outcome(client, Request::get(server.origin())), kOkOrFailed);
  }
}

TEST(HostileServer, a_header_that_begins_with_a_folded_line_is_reported_as_malformed) {
  const auto server = testing::answering(cat("HTTP/1.1 200 OK\r\n t: a\r\n", kRest));
  Client client;
  try {
    EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok") << "newer versions of libcurl skip the line";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), ::testing::HasSubstr("the answer's header is malformed."));
  }
}

TEST(HostileServer, a_folded_header_after_a_redirect_does_not_corrupt_memory) {
  const RawServer server([](RawSocket& socket, int) {
    for (std::string request; !(request = socket.read_message()).empty();) {
      if (request.starts_with("GET /from "))
        socket.send(
            "HTTP/1.1 302 Found\r\nLocation: /to\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
            "Content-Length: 0\r\n\r\n");
      else
        socket.send(cat("HTTP/1.1 200 OK\r\n t:", std::string(400, 'B'), "\r\n", kRest));
    }
  });
  Client client;
  for (int i = 0; i < 5; ++i) EXPECT_THAT(outcome(client, Request::get(server.origin() + "/from")), kOkOrFailed);
}

TEST(HostileServer, a_folded_header_in_the_answer_to_a_repeated_request_does_not_corrupt_memory) {
  // libcurl itself repeats a request after 417, and if a pooled connection breaks before the answer.
  const RawServer server([](RawSocket& socket, int connection) {
    const auto folded = cat("HTTP/1.1 200 OK\r\n t:", std::string(400, 'B'), "\r\n", kRest);
    if (socket.read_through("\r\n\r\n").find("Expect:") != std::string::npos)
      socket.send("HTTP/1.1 417 No\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nContent-Length: 0\r\n\r\n");
    else
      socket.send(connection % 2 != 0 ? std::string(kWithHeaders) : folded);
    if (connection % 2 != 0 && !socket.read_through("\r\n\r\n").empty()) return;
    socket.send(folded);
  });
  Client client({.idle_timeout = std::chrono::milliseconds(200)});
  const std::string large(2U << 20U, 'x');
  for (int i = 0; i < 4; ++i) {
    const auto path = cat(::testing::TempDir(), "adit_folded_body");
    { std::ofstream(path) << large; }
    EXPECT_THAT(outcome(client, Request::post(server.origin()).body_from(source_from_file(path), "text/plain")),
                kOkOrFailed);
    EXPECT_THAT(outcome(client, Request::get(server.origin())), kOkOrFailed);
  }
}

TEST(HostileServer, connections_are_still_reused_after_good_answers) {
  const RawServer server([](RawSocket& socket, int) {
    for (int i = 0; !socket.read_message().empty(); ++i)
      socket.send(i % 2 == 0 ? std::string(kOk) : cat("HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n", kRest));
  });
  Client client;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(outcome(client, Request::get(server.origin())), "ok");
  EXPECT_EQ(server.connections(), 1);
}

/// A server that answers with `begin` and then repeats `block`, up to 64 MiB.
RawServer flooding(std::string begin, std::string block) {
  return RawServer([begin = std::move(begin), block = std::move(block)](RawSocket& socket, int) {
    socket.read_message();
    socket.send(begin);
    for (std::size_t sent = 0; sent < 64U << 20U && !socket.receive_more(0) && !socket.is_closed();
         sent += block.size())
      socket.send(block);
  });
}

TEST(HostileServer, a_trailer_in_the_form_of_a_status_line_does_not_replace_the_status) {
  for (const std::string trailer : {"HTTP/1.1 200 x: y\r\n", "HTTP/1.1 200 x: y\r\n \r\n", "HTTP/1.1: y\r\n"}) {
    const auto server = testing::answering(
        cat("HTTP/1.1 500 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n", trailer, "\r\n"));
    const auto response = Client().send(Request::get(server.origin()));
    EXPECT_EQ(response.status(), 500) << trailer;
    EXPECT_EQ(response.body(), "hi") << trailer;
  }
}

TEST(HostileServer, an_answer_whose_head_is_cut_off_is_an_error) {
  for (const std::string head : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX-A: a\r\n", "HTTP/1.1 200 OK\r\nConte",
                                 "HTTP/1.1 204 No Content\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
                                 "HTTP/1.1 302 Found\r\nLocation: /to\r\n"}) {
    const RawServer server([&head](RawSocket& socket, int) {
      socket.read_message();
      socket.send(head);
    });
    Client client;
    for (const auto* method : {"GET", "HEAD", "POST", "DELETE"}) {
      const auto error = testing::error_of(client, Request(method, server.origin()));
      EXPECT_EQ(error.message(),
                cat(method, ' ', server.origin(), ": the connection broke off in the middle of the answer."))
          << head;
      EXPECT_TRUE(error.retryable());
    }
  }
}

TEST(HostileServer, bytes_after_the_end_of_a_compressed_body_are_an_error) {
  // printf hello | gzip -n
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
  const auto server =
      testing::answering(cat("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 29\r\n\r\n", gzip, "more"));
  Client client;
  const auto error = testing::error_of(client, Request::get(server.origin()));
  EXPECT_THAT(error.message(), ::testing::EndsWith(": the answer's compressed body is damaged."));
}

TEST(HostileServer, endless_answers_end_at_a_limit) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
  const std::string a(10'000, 'a');
  // libcurl 8 limits the number of lines, and stops before adit's own limit is reached.
  const std::string many_lines = LIBCURL_VERSION_NUM < 0x080600 ? "the answer's header is larger than 262144 bytes."
                                                                : "the answer's header is larger than libcurl takes.";
  struct Flood {
    std::string begin;
    std::string block;
    std::string what;
  };
  const std::vector<Flood> floods = {
      {"", "HTTP/1.1 100 Continue\r\n\r\n", "the answer's header is larger than 262144 bytes."},
      {"", cat("HTTP/1.1 103 Early Hints\r\nLink: ", a, "\r\n\r\n"),
       "the answer's header is larger than 262144 bytes."},
      {ok, "X-A: a\r\n", many_lines},
      {cat(ok, "X-A: "), a, "the answer's header is larger than libcurl takes."},
      {ok, a, "the answer's header is larger than libcurl takes."},
      {"HTTP/1.1 200 ", a, "the answer's header is larger than libcurl takes."},
      {cat(chunked, "0\r\n"), "T: a\r\n", many_lines},
      {cat(ok, "Content-Length: 5000000000\r\n\r\n"), a, "the answer is larger than 100000 bytes."},
      {cat(ok, "\r\n"), a, "the answer is larger than 100000 bytes."},
      {chunked, "1\r\n \r\n", "the answer is larger than 100000 bytes."},
  };
  for (const auto& flood : floods) {
    const auto server = flooding(flood.begin, flood.block);
    Client client({.max_response_bytes = 100'000});
    const auto error = testing::error_of(client, Request::get(server.origin()));
    EXPECT_EQ(error.code(), "response_too_large") << flood.begin << flood.block.substr(0, 100);
    EXPECT_THAT(error.message(), ::testing::HasSubstr(flood.what)) << flood.begin << flood.block.substr(0, 100);
  }
}

TEST(HostileServer, endless_framing_ends_by_the_total_time_out_and_takes_no_memory) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& begin : {cat(chunked, "1;"), cat(chunked, "0\r\nT: "), cat(chunked, "000000000000000000")}) {
    const auto server = flooding(begin, std::string(10'000, begin.ends_with('0') ? '0' : 'a'));
    Client client({.total_timeout = std::chrono::milliseconds(300)});
    // libcurl 8 also limits the lines of a trailer.
    const bool is_limited = LIBCURL_VERSION_NUM >= 0x080600 && begin.ends_with("T: ");
    EXPECT_EQ(testing::error_of(client, Request::get(server.origin())).code(),
              is_limited ? "response_too_large" : "request_failed")
        << begin;
  }
}

}  // namespace
}  // namespace adit::http
