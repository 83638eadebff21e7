#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"
#include "adit/emulator.h"

#include "console/event_stream.h"
#include "console/site.h"

namespace adit::console {

/// The data of the views "Tokens" and "Emulator" (docs/console.md): the tokens that an emulator issued, the requests
/// that it answered and refused, its integrations, faults and rates. Returns no token, no assertion and no secret.
/// Publishes the event `request` for each request that the emulator answers. The emulator and the events must outlive
/// it. Thread-safe.
class EmulatorContent : public Content {
 public:
  EmulatorContent(emulator::Emulator& emulator, EventStream& events);
  ~EmulatorContent() override;
  EmulatorContent(const EmulatorContent&) = delete;
  EmulatorContent& operator=(const EmulatorContent&) = delete;

  [[nodiscard]] std::optional<http::ServerResponse> show(std::string_view path) override;
  [[nodiscard]] std::optional<http::ServerResponse> change(std::string_view path,
                                                           const http::ServerRequest& request) override;

  /// Why the emulator refused the request whose answer has this id (RequestRecord::debug_id), for example `invalid
  /// client_secret parameter`. Empty if the emulator has no such request any more, or gave no reason.
  [[nodiscard]] std::string reason_for(std::string_view request_id) const;

 private:
  emulator::Emulator& emulator_;
  emulator::Service& service_;
  EventStream& events_;
};

}  // namespace adit::console
