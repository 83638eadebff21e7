#include <string>

#include "adit/json.h"

#include "base/text/text.h"
#include "dev/host/action_host_answer.h"
#include "dev/web/answer.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "http/server/wire.h"

using namespace adit;
using namespace adit::dev;
using namespace adit::fuzz;

ADIT_FUZZ(web_answers) {
  Input input(bytes);
  const auto extension = static_cast<WebExtension>(input.choice(5));
  const int status = static_cast<int>(input.choice(6)) * 100;
  ActivationRecord record;
  const bool kept = record_answer(record, status, std::string(input.rest()), 1U << 20U);
  require(kept || !record.success(), "an answer that breaks the contract is not a success");
  auto answer = web_answer(record.status, record.result, extension);
  require(answer.status >= 200 && answer.status <= 999, "a web action's answer has a final status");
  const auto wire = http::to_wire(std::move(answer), false, true, false);
  const auto end = wire.head.find("\r\n\r\n");
  require(wire.head.starts_with("HTTP/1.1 ") && end == wire.head.size() - 4,
          "a head contains only one empty line, at its end");
  require(wire.head.find(cat("Content-Length: ", wire.body.size())) != std::string::npos || wire.body.empty(),
          "the head has the body's length");
}
