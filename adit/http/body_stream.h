#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adit/http/message.h"

#pragma GCC visibility push(default)

namespace adit::http {

/// Bodies that are not to be held in memory: a request's comes out of a BodySource, an answer's goes into a BodySink.
///
///     const auto sink = sink_to_descriptor(file, "report.zip");
///     const auto answer = client.stream(Request::post(url).bearer(token).body_from(source_from_file("query.csv"),
///                                                                                  "text/csv"),
///                                       {.sink = sink.get(), .stop = [&] { return interrupted(); }});
///     if (!answer.ok()) explain(answer.body());  // the sink took nothing of it
///
/// Sources and sinks are used by the thread that sends and by one exchange at a time. What they throw ends the exchange
/// and comes out of `stream` or `send` as it is.

/// Where a request's body comes from.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// In bytes, from the first to the last; nothing where it is not known before the end: HTTP/1.1 then sends chunks.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  /// Writes the next bytes to the front of `buffer` and returns how many; 0 only at the end.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Whether `rewind` works now: for a file always, for a pipe as long as nothing has been read.
  [[nodiscard]] virtual bool rewindable() const = 0;
  /// The next `read` begins at the first byte. Called before each sending, the first one included, and where a
  /// connection broke before anything came back.
  virtual void rewind() = 0;
  /// Where `read` may have to wait for others (a pipe, a terminal): the descriptor that is readable when it would not.
  /// The exchange looks after the connection, time-outs and `Streaming::stop` meanwhile. -1: it never waits for long.
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

/// A file, or whatever else can be opened at the path. Throws Error `file_unreadable` (configuration). Reading throws
/// it as well.
[[nodiscard]] std::shared_ptr<BodySource> source_from_file(const std::string& path);
/// What comes from the descriptor from its present offset on, such as standard input; it stays open and has to until
/// the sending is over. `name` is for messages: "standard input".
[[nodiscard]] std::shared_ptr<BodySource> source_from_descriptor(int descriptor, std::string name);

/// Where an answer's body goes.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// The answer has come as far as its headers; called once an exchange, for answers without a body too, not for
  /// redirects that are followed. True: the body comes to `write`. False: it goes into the Response, within
  /// `ClientOptions::max_response_bytes`, as an error's should that is to be shown.
  virtual bool open(int status, const Headers& headers) = 0;
  /// The next bytes, decoded (gzip, …), at most 16 KiB. As long as this call takes, the server has to wait.
  virtual void write(std::string_view bytes) = 0;
};

/// Takes the bodies of answers 200 to 299 and leaves others to the Response. The descriptor stays open. Writing throws
/// Error `write_failed`, whose message names `name` and the system's reason; also `cancelled`, where `stop`, which is
/// asked while the reader on the other side (of a pipe) keeps it waiting, says so.
[[nodiscard]] std::unique_ptr<BodySink> sink_to_descriptor(int descriptor, std::string name,
                                                           std::function<bool()> stop = {});

/// How far an exchange has come, in bytes of the bodies as they cross the network (compressed, where they are).
struct Progress {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  /// Where they are known: the sizes that have been announced.
  std::optional<std::uint64_t> to_send;
  std::optional<std::uint64_t> to_receive;
};

/// How an exchange is streamed, followed and ended; each part may be left out.
struct Streaming {
  /// None: the answer's body goes into the Response.
  BodySink* sink = nullptr;
  /// Called by the thread that sends: about ten times a second, and once when the answer is whole.
  std::function<void(const Progress&)> progress{};
  /// Asked by the thread that sends, at least ten times a second from the first moment on; true ends the exchange with
  /// Error `cancelled`. A signal handler's flag serves.
  std::function<bool()> stop{};
};

}  // namespace adit::http

#pragma GCC visibility pop
