#include <array>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "http/server/tls_server_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::answering;
using ::testing::HasSubstr;
using testing::kOk;
using ::testing::Not;
using testing::RawServer;
using testing::RawSocket;
using ::testing::StartsWith;

/// A source of pieces in memory. The piece "throw" throws.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, std::optional<std::uint64_t> size = {}, bool once = false)
      : pieces_(std::move(pieces)), size_(size), once_(once) {}
  std::optional<std::uint64_t> size() const override { return size_; }
  bool rewindable() const override { return !once_ || next_ == 0; }
  void rewind() override { ++rewinds, next_ = 0; }
  std::size_t read(std::span<char> buffer) override {
    if (next_ == pieces_.size()) return 0;
    if (pieces_[next_] == "throw") throw Error::failure("out_of_pieces", "no more");
    return pieces_[next_++].copy(buffer.data(), buffer.size());
  }
  int rewinds = 0;

 private:
  std::vector<std::string> pieces_;
  std::optional<std::uint64_t> size_;
  bool once_;
  std::size_t next_ = 0;
};

/// A sink that records status, a header and body in the order of the calls.
class RecordingSink final : public BodySink {
 public:
  bool open(int status, const Headers& headers) override {
    ++opened;
    seen = cat(status, ' ', headers.get_or_empty("x-name"), ':');
    return status < 300 || takes_all;
  }
  void write(std::string_view bytes) override {
    if (on_write) on_write();
    seen += bytes;
  }
  int opened = 0;
  bool takes_all = false;
  std::string seen;
  std::function<void()> on_write;
};

/// A server that sends its answer byte by byte and never completes it.
RawServer trickling() {
  return RawServer([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!socket.receive_more(20) && ::send(socket.descriptor(), "x", 1, MSG_NOSIGNAL) == 1) {
    }
  });
}

/// A pipe; the destructor closes its ends.
struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(std::size_t which) {
    if (ends.at(which) >= 0) ::close(std::exchange(ends.at(which), -1));
  }
  void write(std::string_view text) const {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::array<int, 2> ends{-1, -1};
};

Error stream_error(Client& client, const Request& request, const Streaming& streaming = {}) {
  try {
    const auto response = client.stream(request, streaming);
    ADD_FAILURE() << request.method() << ' ' << request.url() << " was answered with " << response.status();
  } catch (const Error& error) {
    return error;
  }
  return Error::failure("none", "none");
}

Request posting(const std::string& origin, std::shared_ptr<BodySource> source) {
  return Request::post(origin + "/p").body_from(std::move(source), "text/x");
}

// Request bodies.

TEST(BodySource, a_source_of_known_size_is_sent_with_content_length) {
  std::string seen;
  RawServer server([&](RawSocket& socket, int) {
    seen = socket.read_message();
    socket.send(kOk);
  });
  Client client;
  EXPECT_EQ(
      client.send(posting(server.origin(), std::make_shared<Pieces>(std::vector<std::string>{"ab", "cde"}, 5))).body(),
      "ok");
  EXPECT_THAT(seen, AllOf(StartsWith("POST /p HTTP/1.1\r\n"), HasSubstr("Content-Length: 5\r\n"),
                          HasSubstr("Content-Type: text/x\r\n"), Not(HasSubstr("Expect:")),
                          Not(HasSubstr("Transfer-Encoding")), ::testing::EndsWith("\r\n\r\nabcde")));
}

TEST(BodySource, a_source_of_unknown_size_is_sent_in_chunks_with_any_method) {
  const Server server({}, [](const ServerRequest& request) {
    return ServerResponse::text(
        200, cat(request.method, ' ', request.headers.get_or_empty("transfer-encoding"), ' ', request.body));
  });
  Client client;
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto source = std::make_shared<Pieces>(std::vector<std::string>{"one ", "two ", std::string(100'000, 'x')});
    const auto answer = client.send(Request(method, server.origin()).body_from(source, "text/x"));
    EXPECT_THAT(answer.body(), StartsWith(cat(method, " chunked one two xxx")));
  }
}

TEST(BodySource, a_file_is_read_while_it_is_sent_and_can_be_sent_again) {
  const testing::TemporaryFolder folder;
  const auto path = (folder.path() / "body").string();
  std::string text;
  for (int i = 0; text.size() < 1'500'000; ++i) text += cat(i, ',');
  std::ofstream(path) << text;
  const Server server({}, [](const ServerRequest& request) { return ServerResponse::text(200, request.body); });
  Client client;
  const auto request = posting(server.origin(), source_from_file(path));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(request.repeatable());
    EXPECT_EQ(client.send(request).body(), text);
  }
  // A descriptor is read from its current position, which does not change.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::lseek(descriptor, 1'000'000, SEEK_SET), 1'000'000);
  EXPECT_EQ(client.send(posting(server.origin(), source_from_descriptor(descriptor, "the file"))).body(),
            text.substr(1'000'000));
  ::close(descriptor);
}

TEST(BodySource, an_error_names_the_file_that_cannot_be_read) {
  for (const auto* path : {"/nowhere/body", "/tmp"}) {
    try {
      (void)source_from_file(path);
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "file_unreadable");
      EXPECT_TRUE(error.is_configuration());
      EXPECT_THAT(error.message(), StartsWith(cat("Cannot read ", path, ": ")));
    }
  }
}

TEST(BodySource, an_empty_file_is_an_empty_body) {
  const Server server({}, [](const ServerRequest& request) { return ServerResponse::text(200, request.body + "."); });
  Client client;
  EXPECT_EQ(client.send(posting(server.origin(), source_from_file("/dev/null"))).body(), ".");
}

TEST(BodySource, a_pipe_is_sent_while_it_fills_and_cannot_be_sent_again) {
  Pipe pipe;
  RawServer server([&](RawSocket& socket, int) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(socket.read_through("first\r\n"), "5\r\nfirst\r\n");
    pipe.write("second");  // only now, so the client has sent "first" without waiting for this
    EXPECT_EQ(socket.read_through("second\r\n"), "6\r\nsecond\r\n");
    pipe.close_end(1);
    EXPECT_EQ(socket.read_through("\r\n\r\n"), "0\r\n\r\n");
    socket.send(kOk);
  });
  Client client;
  const auto request = posting(server.origin(), source_from_descriptor(pipe.ends[0], "standard input"));
  pipe.write("first");
  EXPECT_TRUE(request.repeatable());
  EXPECT_EQ(client.send(request).body(), "ok");
  EXPECT_FALSE(request.repeatable());
  const auto error = stream_error(client, request);
  EXPECT_EQ(error.code(), "body_not_repeatable");
  EXPECT_THAT(error.message(), HasSubstr("standard input"));
}

TEST(BodySource, waiting_for_a_pipe_does_not_count_as_idle_and_can_be_stopped) {
  /// Counts the calls of descriptor(): the client first checks whether it is readable, and then polls it while it
  /// waits.
  class FromPipe final : public BodySource {
   public:
    std::optional<std::uint64_t> size() const override { return {}; }
    bool rewindable() const override { return true; }
    void rewind() override {}
    std::size_t read(std::span<char> /*buffer*/) override { throw Error::failure("read", "the pipe is empty"); }
    int descriptor() const override { return ++calls, pipe.ends[0]; }
    Pipe pipe;
    mutable int calls = 0;
  };
  RawServer server([](RawSocket& socket, int) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    socket.read_to_end();
  });
  ManualClock clock;
  Client client({.idle_timeout = 1min, .clock = &clock});
  const auto source = std::make_shared<FromPipe>();
  const Streaming streaming{.stop = [&] {
    if (source->calls > 1) clock.advance(10min);
    return source->calls > 10;
  }};
  EXPECT_EQ(stream_error(client, posting(server.origin(), source), streaming).code(), "cancelled");
}

TEST(BodySource, a_large_body_that_the_server_refuses_at_once_is_not_read) {
  Pipe pipe;
  pipe.write("body");
  RawServer server = answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
  Client client;
  const auto request = posting(server.origin(), source_from_descriptor(pipe.ends[0], "a pipe"));
  EXPECT_EQ(client.send(request).status(), 401);
  EXPECT_TRUE(request.repeatable());
}

TEST(BodySource, its_exception_reaches_the_caller) {
  RawServer server = answering(std::string(kOk));
  Client client;
  EXPECT_EQ(stream_error(client,
                         posting(server.origin(), std::make_shared<Pieces>(std::vector<std::string>{"a", "throw"}, 2)))
                .code(),
            "out_of_pieces");
}

TEST(BodySource, a_source_that_ends_early_is_an_error_and_one_that_grows_is_cut) {
  RawServer server = answering(std::string(kOk));
  Client client;
  const auto error =
      stream_error(client, posting(server.origin(), std::make_shared<Pieces>(std::vector<std::string>{"abc"}, 10)));
  EXPECT_EQ(error.code(), "request_failed");
  EXPECT_THAT(error.message(), HasSubstr("ended after 3 of 10 bytes"));
  const Server echo({}, [](const ServerRequest& request) { return ServerResponse::text(200, request.body); });
  EXPECT_EQ(client.send(posting(echo.origin(), std::make_shared<Pieces>(std::vector<std::string>{"abc", "de", "f"}, 4)))
                .body(),
            "abcd");
}

TEST(BodySource, is_rewound_when_a_pooled_connection_turns_out_to_be_closed) {
  RawServer server([](RawSocket& socket, int connection) {
    socket.read_message();
    socket.send(kOk);
    if (connection == 1) socket.read_message();
    if (connection == 1) socket.reset();
  });
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
  const auto source = std::make_shared<Pieces>(std::vector<std::string>{"abc"}, 3);
  EXPECT_EQ(client.send(posting(server.origin(), source)).body(), "ok");
  EXPECT_EQ(source->rewinds, 2);
  EXPECT_EQ(server.connections(), 2);
}

TEST(BodySource, a_source_of_unknown_size_is_sent_over_a_new_connection) {
  RawServer server([](RawSocket& socket, int connection) {
    socket.read_message();
    if (connection == 1) {
      socket.send(kOk);
      socket.read_message();
      return socket.reset();
    }
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(socket.read_through("0\r\n\r\n"), "3\r\nabc\r\n0\r\n\r\n");
    socket.send(kOk);
  });
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
  const auto source = std::make_shared<Pieces>(std::vector<std::string>{"abc"}, std::nullopt, true);
  EXPECT_EQ(client.send(posting(server.origin(), source)).body(), "ok");
}

// Answers.

TEST(BodySink, gets_status_and_headers_before_the_first_byte) {
  RawServer server = answering(
      "HTTP/1.1 103 Early\r\nx-name: early\r\n\r\nHTTP/1.1 201 Created\r\nx-name: final\r\nContent-Length: "
      "5\r\n\r\nhello");
  Client client;
  RecordingSink sink;
  const auto answer = client.stream(Request::get(server.origin()), {.sink = &sink});
  EXPECT_EQ(sink.seen, "201 final:hello");
  EXPECT_EQ(sink.opened, 1);
  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.body(), "");
  EXPECT_EQ(answer.headers().get("x-name"), "final");
}

TEST(BodySink, a_body_that_it_declines_goes_into_the_response_up_to_the_limit) {
  RawServer server = answering("HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nerror");
  RecordingSink sink;
  EXPECT_EQ(Client().stream(Request::get(server.origin()), {.sink = &sink}).body(), "error");
  EXPECT_EQ(sink.seen, "404 :");
  Client small({.max_response_bytes = 4});
  EXPECT_EQ(stream_error(small, Request::get(server.origin()), {.sink = &sink}).code(), "response_too_large");
  sink.takes_all = true;
  EXPECT_EQ(small.stream(Request::get(server.origin()), {.sink = &sink}).body(), "");
  EXPECT_EQ(sink.seen, "404 :error");
}

TEST(BodySink, is_opened_for_an_answer_without_a_body_but_not_for_redirects) {
  RawServer server([](RawSocket& socket, int) {
    while (true) {
      const auto request = socket.read_message();
      if (request.empty()) return;
      socket.send(request.starts_with("GET /start")
                      ? "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 3\r\n\r\nfar"
                      : "HTTP/1.1 204 None\r\nx-name: end\r\n\r\n");
    }
  });
  Client client;
  RecordingSink sink;
  sink.takes_all = true;
  EXPECT_EQ(client.stream(Request::get(server.origin() + "/start"), {.sink = &sink}).status(), 204);
  EXPECT_EQ(sink.seen, "204 end:");
  EXPECT_EQ(sink.opened, 1);
  // A redirect that is not followed is an answer like any other.
  (void)Client({.max_redirects = 0}).stream(Request::get(server.origin() + "/start"), {.sink = &sink});
  EXPECT_EQ(sink.seen, "302 :far");
}

TEST(BodySink, its_exception_ends_the_exchange_and_the_client_still_works) {
  RawServer server = answering(cat("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", std::string(1000000, 'x')));
  Client client;
  RecordingSink sink;
  sink.on_write = [] { throw Error::failure("write_failed", "full"); };
  EXPECT_EQ(stream_error(client, Request::get(server.origin()), {.sink = &sink}).code(), "write_failed");
  EXPECT_EQ(client.send(Request::get(server.origin())).body().size(), 1000000U);
}

TEST(BodySink, a_slow_sink_makes_the_server_wait_and_does_not_count_as_idle) {
  RawServer server = answering(cat("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n", std::string(40000, 'x')));
  ManualClock clock;
  Client client({.total_timeout = 100s, .idle_timeout = 60s, .clock = &clock});
  RecordingSink sink;
  sink.on_write = [&] { clock.advance(100s); };  // like a terminal whose output is paused
  EXPECT_EQ(client.stream(Request::get(server.origin()), {.sink = &sink}).status(), 200);
  EXPECT_EQ(sink.seen.size(), 40005U);
}

TEST(BodySink, an_answer_that_trickles_ends_by_the_total_time_out_only) {
  const auto server = trickling();
  ManualClock clock;
  Client client({.idle_timeout = 40s, .clock = &clock});
  RecordingSink sink;
  sink.on_write = [&] { clock.advance(30s); };
  const auto error = stream_error(client, Request::get(server.origin()).timeout(100s), {.sink = &sink});
  EXPECT_THAT(error.message(), HasSubstr("no complete answer arrived within 100 seconds."));
  EXPECT_TRUE(error.retryable());
}

TEST(BodySink, an_answer_that_stops_ends_by_the_idle_time_out) {
  RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
    socket.read_to_end();
  });
  ManualClock clock;
  Client client({.idle_timeout = 1h, .clock = &clock});
  RecordingSink sink;
  const auto pass_time = [&] {
    if (sink.seen == "200 :123") clock.advance(1h);
    return false;
  };
  const auto error = stream_error(client, Request::get(server.origin()), {.sink = &sink, .stop = pass_time});
  EXPECT_THAT(error.message(), HasSubstr("the answer stopped: no byte was transferred for 3600 seconds."));
  EXPECT_EQ(sink.seen, "200 :123");
}

TEST(BodySink, a_descriptor_sink_writes_successful_answers_and_names_the_file_in_errors) {
  RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  Client client;
  Pipe pipe;
  const auto sink = sink_to_descriptor(pipe.ends[1], "out");
  (void)client.stream(Request::get(server.origin()), {.sink = sink.get()});
  char bytes[16];
  EXPECT_EQ(::read(pipe.ends[0], bytes, sizeof bytes), 5);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  const auto stuck = sink_to_descriptor(full, "the disk");
  const auto error = stream_error(client, Request::get(server.origin()), {.sink = stuck.get()});
  EXPECT_EQ(error.code(), "write_failed");
  EXPECT_EQ(error.message(), "Cannot write to the disk: No space left on device.");
  ::close(full);
}

TEST(BodySink, writing_to_a_pipe_that_is_not_read_can_be_stopped) {
  RawServer server = answering(cat("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", std::string(1000000, 'x')));
  Client client;
  Pipe pipe;
  int calls = 0;  // calls of `stop` while the pipe is not read
  const auto sink = sink_to_descriptor(pipe.ends[1], "out", [&] { return ++calls == 3; });
  EXPECT_EQ(stream_error(client, Request::get(server.origin()), {.sink = sink.get()}).code(), "cancelled");
}

// Streaming in both directions.

TEST(Streaming, reports_its_progress_and_the_final_sizes) {
  const Server server({}, [](const ServerRequest& request) { return ServerResponse::text(200, request.body); });
  Client client;
  RecordingSink sink;
  std::vector<Progress> reports;
  const std::string piece(10'000, 'x');
  (void)client.stream(posting(server.origin(), std::make_shared<Pieces>(std::vector<std::string>(30, piece), 300'000)),
                      {.sink = &sink, .progress = [&](const Progress& progress) { reports.push_back(progress); }});
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().sent, 300'000U);
  EXPECT_EQ(reports.back().to_send, 300'000U);
  EXPECT_EQ(reports.back().received, 300'000U);
  EXPECT_EQ(reports.back().to_receive, 300'000U);
  EXPECT_EQ(sink.seen.size(), 300'005U);
}

TEST(Streaming, can_be_stopped_at_every_wait) {
  RawServer silent([](RawSocket& socket, int) { socket.read_to_end(); });
  Client client({.total_timeout = 1h, .idle_timeout = 1h});
  int calls = 0;
  const Streaming streaming{.stop = [&] { return ++calls == 5; }};
  const auto error = stream_error(client, Request::get(silent.origin() + "/p?secret"), streaming);
  EXPECT_EQ(error.code(), "cancelled");
  EXPECT_EQ(error.message(), cat("GET ", silent.origin(), "/p: stopped before its end."));
  EXPECT_FALSE(error.retryable());
}

TEST(Streaming, obeys_the_requests_own_time_out) {
  const auto server = trickling();
  RecordingSink sink;
  Client client;
  EXPECT_THAT(stream_error(client, Request::get(server.origin()).timeout(200ms), {.sink = &sink}).message(),
              HasSubstr("no complete answer arrived within 0.2 seconds."));
}

TEST(Streaming, does_not_keep_bodies_in_memory) {
  // 256 MiB in each direction, over a server that stores nothing.
  static constexpr std::size_t kSize = 256U << 20U;
  RawServer server([](RawSocket& socket, int) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    // One block for all reads, because a sanitizer keeps freed blocks for some time.
    std::string block(65536, 'x');
    for (std::size_t left = kSize; left > 0;) {
      const auto count = ::recv(socket.descriptor(), block.data(), block.size(), 0);
      if (count <= 0) return;
      left -= static_cast<std::size_t>(count);
    }
    socket.send(cat("HTTP/1.1 200 OK\r\nContent-Length: ", kSize, "\r\n\r\n"));
    for (std::size_t sent = 0; sent < kSize; sent += block.size()) socket.send(block);
  });
  class Count final : public BodySink {
   public:
    bool open(int /*status*/, const Headers& /*headers*/) override { return true; }
    void write(std::string_view bytes) override { size += bytes.size(); }
    std::size_t size = 0;
  } sink;
  const testing::TemporaryFolder folder;
  const auto path = (folder.path() / "body").string();
  std::ofstream(path).close();
  std::filesystem::resize_file(path, kSize);
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
  };
  const auto before = peak();
  Client client({.max_response_bytes = 1000});
  EXPECT_EQ(client.stream(posting(server.origin(), source_from_file(path)), {.sink = &sink}).status(), 200);
  EXPECT_EQ(sink.size, kSize);
  EXPECT_LT(peak() - before, 64) << "MiB";
}

TEST(Streaming, a_transport_that_cannot_stream_gives_the_sink_the_whole_body) {
  class Fixed final : public Transport {
   public:
    Response send(const Request& /*request*/) override { return {200, {{"x-name", "fake"}}, "body"}; }
  } fake;
  RecordingSink sink;
  EXPECT_EQ(fake.stream(Request::get("http://h/"), {.sink = &sink}).body(), "");
  EXPECT_EQ(sink.seen, "200 fake:body");
}

}  // namespace
}  // namespace adit::http
