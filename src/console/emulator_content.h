#pragma once

#include <optional>
#include <string_view>

#include "adit/emulator.h"

#include "console/event_stream.h"
#include "console/site.h"

namespace adit::console {

/// The views "Tokens" and "Emulator": what an emulator issued, refused and answered, its clients, faults and rates
/// (docs/console.md). Never a token, an assertion or a secret. Publishes `request` for each request that the emulator
/// answers. The emulator and the events outlive it. Thread-safe.
class EmulatorContent : public Content {
 public:
  EmulatorContent(emulator::Emulator& emulator, EventStream& events);
  ~EmulatorContent() override;
  EmulatorContent(const EmulatorContent&) = delete;
  EmulatorContent& operator=(const EmulatorContent&) = delete;

  [[nodiscard]] std::optional<http::ServerResponse> show(std::string_view path) override;
  [[nodiscard]] std::optional<http::ServerResponse> change(std::string_view path,
                                                           const http::ServerRequest& request) override;

 private:
  emulator::Service& service_;
  EventStream& events_;
};

}  // namespace adit::console
