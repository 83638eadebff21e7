#pragma once

#include <optional>
#include <string_view>

#include "adit/emulator.h"
#include "adit/http_server.h"

#include "console/emulator_content.h"
#include "console/site.h"
#include "system/thread_pool.h"

namespace adit::console {

/// The console of `adit emulator`, with the views "Tokens" and "Emulator". The emulator's own server serves it. The
/// emulator must outlive it.
class EmulatorConsole : private Content {
 public:
  EmulatorConsole(emulator::Emulator& emulator, Keys keys, http::LocalAccess access);
  ~EmulatorConsole() override;
  EmulatorConsole(const EmulatorConsole&) = delete;
  EmulatorConsole& operator=(const EmulatorConsole&) = delete;

 private:
  [[nodiscard]] std::optional<http::ServerResponse> show(std::string_view path) override;
  [[nodiscard]] std::optional<http::ServerResponse> change(std::string_view path,
                                                           const http::ServerRequest& request) override;

  emulator::Emulator& emulator_;
  Site site_;
  EmulatorContent content_;
  ThreadPool workers_{1};
  http::AsyncHandler on_workers_;
};

}  // namespace adit::console
