#include "emulator/faults/fault_routes.h"

#include "adit/error.h"

#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

http::ServerResponse list_faults(const Call& call) {
  json::array list;
  for (const auto& fault : call.service.faults.list()) list.emplace_back(fault.to_json_object());
  return json_answer(200, json::object{{"faults", std::move(list)}});
}

http::ServerResponse clear_faults(const Call& call) {
  call.service.faults.clear();
  return list_faults(call);
}

std::vector<Fault> read_faults(const json::value& body) {
  if (const auto* object = body.if_object()) return {Fault::from_json(*object)};
  if (!body.is_array()) throw Error::configuration("invalid_fault", "A fault is a JSON object.");
  std::vector<Fault> faults;
  for (const auto& item : body.get_array()) {
    if (!item.is_object()) throw Error::configuration("invalid_fault", "A fault is a JSON object.");
    faults.push_back(Fault::from_json(item.get_object()));
  }
  return faults;
}

http::ServerResponse add_faults(const Call& call) {
  try {
    call.service.add_faults(read_faults(parse_json(call.request.body, "The fault")));
  } catch (const Error& error) {
    json::object answer{{"error", error.code()}, {"message", error.message()}};
    if (!error.hint().empty()) answer["hint"] = error.hint();
    return json_answer(400, answer);
  }
  return list_faults(call);
}

}  // namespace

std::vector<Route> fault_routes() {
  return {{"POST", "/__adit/faults", Side::own, add_faults},
          {"GET", "/__adit/faults", Side::own, list_faults},
          {"DELETE", "/__adit/faults", Side::own, clear_faults}};
}

}  // namespace adit::emulator
