#include "console/emulator_console.h"

#include <utility>

#include "adit/json.h"
#include "adit/version.h"

#include "emulator/server/service.h"
#include "http/server/answering.h"

namespace adit::console {

EmulatorConsole::EmulatorConsole(emulator::Emulator& emulator, Keys keys, http::LocalAccess access)
    : emulator_(emulator),
      site_(std::move(keys), std::move(access), *this),
      content_(emulator, site_.events()),
      on_workers_(
          http::on_threads([this](const http::ServerRequest& request) { return site_.answer(request); }, workers_)) {
  emulator::service_of(emulator_).set_console([this](http::ServerRequest request, http::Reply reply) {
    if (!site_.stream(request, reply)) on_workers_(std::move(request), std::move(reply));
  });
}

EmulatorConsole::~EmulatorConsole() {
  emulator::service_of(emulator_).set_console({});
  site_.close();
  workers_.join();
}

std::optional<http::ServerResponse> EmulatorConsole::show(std::string_view path) {
  if (path != "project") return content_.show(path);
  return http::ServerResponse::json(200, json::object{{"name", "emulator"},
                                                      {"command", "adit emulator"},
                                                      {"origin", emulator_.origin()},
                                                      {"version", version()},
                                                      {"views", {"tokens", "emulator"}},
                                                      {"last_event", site_.events().last_id()}});
}

std::optional<http::ServerResponse> EmulatorConsole::change(std::string_view path, const http::ServerRequest& request) {
  return content_.change(path, request);
}

}  // namespace adit::console
