#include "token/engine/engine_processes.h"

#include <random>

#include "base/random_seed.h"

namespace adit::token {
namespace {

double random_unit() {
  thread_local std::minstd_rand generator(random_seed());
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

EngineProcesses::InProcess::InProcess(const EngineOptions& options)
    : context(std::make_shared<EngineContext>(*options.clock, options.threads)),
      table(options.max_credentials, context->epoch) {
  context->store = options.store;
  context->random = options.random ? options.random : random_unit;
  context->observer = options.observer;
}

EngineProcesses::InProcess& EngineProcesses::this_process() {
  return in_process_.get([this](const InProcess*) { return InProcess(options_); });
}

void EngineProcesses::stop() {
  stopped_ = true;
  auto* here = in_process_.find();
  if (here == nullptr) return;
  here->context->stop.request_stop();
  here->context->scheduler.stop();
  here->table.detach_all();
}

}  // namespace adit::token
