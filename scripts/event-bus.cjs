/** Leaves the event bus out of the stack where it exists already; serverless.yml says when. */
module.exports = class EventBus {
  constructor(serverless) {
    this.hooks = {
      'before:package:initialize': () => {
        const { custom, resources } = serverless.service;
        if (!custom.eventBus.isMade) delete resources.Resources.RefundEventBus;
      },
    };
  }
};
