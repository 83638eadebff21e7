#include "dev/platform/deployed_host.h"

#include <utility>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/node/node_action.h"
#include "system/files/read_if_possible.h"

namespace adit::dev {
namespace {

/// Whether the program uses adit's SDK, and so speaks the platform's contract itself. Any other program is started for
/// each activation, as OpenWhisk's skeleton image does.
bool speaks_the_contract(const std::string& program) {
  const auto bytes = read_if_possible(program).value_or("");
  return bytes.starts_with(
             "\x7f"
             "ELF") &&
         bytes.find("--concurrency") != std::string::npos && bytes.find("--socket") != std::string::npos;
}

void check_kind(const ActionEntity& entity) {
  constexpr std::string_view kSkeleton = "openwhisk/dockerskeleton";
  if (entity.kind != "blackbox" || entity.image == kSkeleton || entity.image.starts_with(cat(kSkeleton, ':'))) return;
  throw Error::configuration("unsupported_runtime", cat("The image ", entity.image, " cannot be run here."))
      .hint("Deploy a zip with a program exec in it for the image openwhisk/dockerskeleton (wsk: --native).");
}

}  // namespace

Running DeployedHost::use(const Configuration& configuration, const ServedAction& served) {
  Running old;  // destroyed after the lock is released; its process ends with its last activation
  const std::lock_guard lock(mutex_);
  const auto& entity = served.deployed->entity;
  const auto unpacked_of = cat(served.deployed->code, ' ', entity.kind, ' ', entity.main);
  if (!code_ || unpacked_of != unpacked_of_) {
    check_kind(entity);
    code_ = std::make_shared<UnpackedCode>(new_folder_(), *served.deployed, store_);
    unpacked_of_ = unpacked_of;
    runs_once_ = !served.what.action->is_node() && !speaks_the_contract(code_->entry());
  }
  auto action = *served.what.action;
  action.function_path = code_->entry();
  auto tokens = std::make_shared<TokenCounts>();
  auto options = running_options(configuration, action, action.is_node() ? std::string() : code_->entry(), observer_,
                                 interrupted_, tokens);
  options.folder = code_->folder();
  options.kind = action.is_node() ? entity.kind : "cpp";
  if (runs_once_) run_once_each(options, configuration.settings.environment);
  auto description = running_description(options, action, 0);
  if (!running_.host || description != running_description_) {
    // The files must exist as long as the process.
    auto host = std::shared_ptr<ActionHost>(new ActionHost(std::move(options)),
                                            [code = code_](ActionHost* ended) { delete ended; });
    old = std::exchange(running_, {.host = std::move(host), .tokens = std::move(tokens)});
    running_description_ = std::move(description);
  }
  return running_;
}

}  // namespace adit::dev
