#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "adit/emulator.h"
#include "adit/http_server.h"
#include "adit/secret.h"

#include "console/emulator_content.h"
#include "console/site.h"
#include "dev/api/api.h"
#include "dev/console/description.h"
#include "dev/console/recorder.h"
#include "dev/platform/platform.h"
#include "dev/platform/platform_observer.h"

namespace adit::dev {

/// A token of the local IMS, and the organisation for the header `x-gw-ims-org-id`.
struct LocalToken {
  Secret value;
  std::string org_id;
};

struct ConsoleOptions {
  console::Keys keys;
  http::LocalAccess access{};
  std::string root;
  std::optional<std::string> env_file;
  /// The local IMS, which must outlive the console; null if the actions use a real IMS.
  emulator::Emulator* emulator = nullptr;
  /// Returns a token of the local IMS for calls; an empty function if there is no local IMS. May throw Error.
  std::function<LocalToken()> local_token;
  /// The time between two measurements of the memory of the actions' processes.
  std::chrono::milliseconds sample_every{5'000};
};

/// The browser console of a platform (docs/console.md): its page, its data below `/__adit/api/`, and its events.
///
/// Construct it before the platform, which must report to it what happens. Requests are answered after `serve`.
/// Thread-safe.
class Console final : public PlatformObserver, private console::Content {
 public:
  explicit Console(ConsoleOptions options);
  ~Console() override;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void configuration_read(const Configuration& configuration) override;
  void configuration_broken(const Error& error) override;
  void build_started(const app::Action& action) override;
  void build_output(const app::Action& action, std::string_view bytes) override;
  void build_failed(const app::Action& action, const Error& error) override;
  void action_ready(const app::Action& action) override;
  void action_step(const app::Action& action, const trace::Step& step) override;
  void activation_began(const ActivationRecord& begun, const ServedAction& served) override;
  void activation_ended(const Activated& activated, const ServedAction& served, const json::value& params) override;

  /// Both must live until `close` has returned and the console has answered its last request.
  void serve(Platform& platform, DevApi& api);
  /// Answers all requests that wait for events, so that the server can end, and stops measuring the platform. Only one
  /// thread may call it.
  void close();

  /// Answers a request for the console. Passes any other request to the platform's API and remembers the response.
  [[nodiscard]] http::ServerResponse answer(const http::ServerRequest& request);
  /// Answers a request for events, perhaps later, without a thread. Returns false if the request is for something else,
  /// or is not allowed.
  bool stream(const http::ServerRequest& request, const http::Reply& reply);
  [[nodiscard]] http::Admission admit(const http::ServerRequest& head) const;

 private:
  [[nodiscard]] std::optional<http::ServerResponse> show(std::string_view path) override;
  [[nodiscard]] std::optional<http::ServerResponse> change(std::string_view path,
                                                           const http::ServerRequest& request) override;
  [[nodiscard]] std::string shown_text(std::string text) const override { return hiding()->text(std::move(text)); }
  [[nodiscard]] http::ServerResponse overview();
  [[nodiscard]] json::array views() const;
  [[nodiscard]] json::array actions();
  [[nodiscard]] json::array triggers();
  [[nodiscard]] http::ServerResponse fire(const http::ServerRequest& request);
  [[nodiscard]] std::vector<std::shared_ptr<const ServedAction>> all_served(const Catalog& catalog) const;
  [[nodiscard]] std::shared_ptr<const ServedAction> served_as(const Catalog& catalog, std::string_view name) const;
  [[nodiscard]] std::optional<http::ServerResponse> activation(std::string_view id);
  void add_reasons(json::object& activation) const;
  [[nodiscard]] http::ServerResponse problems();
  [[nodiscard]] http::ServerResponse memory() const;
  http::ServerResponse call(const http::ServerRequest& request);
  http::ServerResponse send_on(http::ServerRequest request);
  http::ServerResponse through_api(const http::ServerRequest& request);
  [[nodiscard]] json::object state_of(std::string_view action) const;
  void publish_state_of(const app::Action& action);
  [[nodiscard]] std::shared_ptr<const Hiding> hiding() const;
  void sample();

  ConsoleOptions options_;
  console::Site site_;
  std::optional<console::EmulatorContent> emulator_;
  Recorder recorder_;
  ActionStates states_;
  Platform* platform_ = nullptr;
  DevApi* api_ = nullptr;

  mutable std::mutex mutex_;
  std::shared_ptr<const Hiding> hiding_ = std::make_shared<const Hiding>();
  std::string configuration_error_;
  std::deque<json::object> samples_;
  std::mutex checking_;
  std::chrono::steady_clock::time_point checked_at_{};
  json::array findings_;
  std::condition_variable changed_;
  bool closed_ = false;
  std::thread sampler_;
};

}  // namespace adit::dev
