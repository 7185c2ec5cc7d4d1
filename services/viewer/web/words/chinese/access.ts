import type { Dictionary } from '../say';

/** Coming in and going out. */
export const ACCESS: Dictionary = {
  'Sign in': '登录',
  'Sign out': '退出登录',
};
