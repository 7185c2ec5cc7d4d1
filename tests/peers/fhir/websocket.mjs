// @medplum/core names it when it is loaded, and Node has it from version 22 on. Nothing here opens one.
globalThis.WebSocket ??= class {};
