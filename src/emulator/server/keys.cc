#include "emulator/server/keys.h"

#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

http::ServerResponse publish(const Call& call) {
  auto answer = ims_json(200, call.service.published_keys(call.now).to_json_object());
  answer.headers.remove("Pragma");
  answer.headers.set("Cache-Control", "public, max-age=300");
  return answer;
}

http::ServerResponse rotate(const Call& call) {
  const auto before = call.service.issuer()->key_id();
  call.service.rotate_key();
  json::array published;
  const auto keys = call.service.published_keys(call.now);
  for (const auto& key : keys.keys()) published.emplace_back(key.key_id);
  return json_answer(200, json::object{{"kid", call.service.issuer()->key_id()},
                                       {"previous_kid", before},
                                       {"published", std::move(published)}});
}

}  // namespace

std::vector<Route> keys_routes() {
  return {{"GET", "/ims/keys", Side::ims, publish}, {"POST", "/__adit/keys/rotate", Side::own, rotate}};
}

}  // namespace adit::emulator
