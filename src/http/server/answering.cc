#include "http/server/answering.h"

#include <atomic>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "adit/error.h"
#include "adit/log.h"
#include "adit/secret.h"

#include "base/text/text.h"

namespace adit::http {

ServerResponse no_answer() noexcept {
  try {
    return ServerResponse::text(500, "The server failed to answer.\n");
  } catch (const std::bad_alloc&) {
    ServerResponse bare;
    bare.status = 500;
    return bare;
  }
}

struct Reply::Once {
  explicit Once(Send with_send) : send(std::move(with_send)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() {
    try {
      answer(no_answer);
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory even for this answer
    }
  }

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

namespace {

/// Logs the current exception. Call it in a catch block. Logs nothing if there is no memory for the message.
void log_failure(const std::string& method, const std::string& path) noexcept {
  const auto say = [&](auto... why) { log(LogLevel::error, cat(method, ' ', path, ": the handler failed", why...)); };
  try {
    try {
      throw;
    } catch (const Error& error) {
      say(": ", error.code(), ": ", error.message());
    } catch (const std::exception& error) {
      say(": ", error.what());
    } catch (...) {
      say();
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the log
  }
}

/// Runs the call. If it throws, logs the exception and returns false.
template <typename Call>
bool succeeds(Call call, const std::string& method, const std::string& path) noexcept {
  try {
    call();
    return true;
  } catch (...) {
    log_failure(method, path);
  }
  return false;
}

}  // namespace

void answer(const AsyncHandler& handler, ServerRequest request, const Reply& reply) noexcept {
  std::string method;
  std::string path;
  const auto call = [&] {
    method = request.method;
    path = request.path;
    handler(std::move(request), reply);
  };
  if (!succeeds(call, method, path)) reply(no_answer());
}

AsyncHandler on_threads(Handler handler, ThreadPool& workers) {
  // The threads' pending work shares the handler, because it may outlive the returned function.
  auto shared = std::make_shared<const Handler>(std::move(handler));
  return [shared = std::move(shared), &workers](ServerRequest request, Reply reply) {
    workers.run([shared, request = std::move(request), reply = std::move(reply)]() mutable {
      auto response = no_answer();
      succeeds([&] { response = (*shared)(request); }, request.method, request.path);
      wipe(request.body.data(), request.body.size());
      reply(std::move(response));
    });
  };
}

}  // namespace adit::http
