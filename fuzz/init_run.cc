// `/init` and `/run` of the HTTP contract: several requests in sequence.
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "adit/json.h"

#include "action/http_service.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

/// Sends a request and waits for the reply, which comes from a thread of the service.
http::ServerResponse reply_to(HttpService& service, http::ServerRequest request) {
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<http::ServerResponse> answer;
  service.answer(std::move(request), http::Reply([&](http::ServerResponse response) {
                   const std::lock_guard lock(mutex);
                   answer = std::move(response);
                   ready.notify_one();
                 }));
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return answer.has_value(); });
  return *std::move(answer);
}

}  // namespace

ADIT_FUZZ(init_run) {
  const adit::Handler handler = [](const Params& params, const Activation& activation) {
    static_cast<void>(activation.time_left());
    if (params.has("throw")) throw Error::failure("thrown", "On purpose.");
    return adit::Response(boost::json::value(params.has("value") ? *params.find("value") : params.json()));
  };
  // With a socket, so that the service writes no sentinels to this program's output.
  HttpService service(handler, {.socket = "unused", .concurrency = 2});
  Input input(bytes);
  for (int i = 0; i < 4 && !input.empty(); ++i) {
    http::ServerRequest request;
    request.method = input.choice(4) == 3 ? "GET" : "POST";
    request.path = input.choice(2) == 0 ? "/run" : "/init";
    request.body = std::string(input.part());
    const bool contract = request.method == "POST";
    const auto answer = reply_to(service, std::move(request));
    require(try_parse_json(answer.body, {.max_depth = 1001}).has_value(), "every answer is JSON");
    require(answer.status == (contract ? answer.status : 405), "only POST is answered");
  }
  require(service.runners().wait_idle(std::chrono::seconds(10)), "all activations end");
}
