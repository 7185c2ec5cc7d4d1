import type { Dictionary } from '../say';

/** What went wrong, as the viewer itself says it. Each ends as a sentence does. */
export const PROBLEMS: Dictionary = {
  'The server cannot be reached. Check that Coverslip is running, then try again.':
    '无法连接服务器。请确认 Coverslip 正在运行，然后重试。',
  'Something went wrong. Reload the page.': '出现错误。请重新加载页面。',
  'your session is over: open a new login link': '您的会话已结束：请打开新的登录链接。',
  'your role does not allow this: ask whoever runs this server': '您的角色无权进行此操作：请联系服务器管理员。',
  'this does not exist, or not yet': '此内容不存在，或尚未生成。',
  'the file is larger than this server accepts': '文件超过服务器接受的大小。',
  'the server answered with status {status}: try again, then look at its log':
    '服务器返回状态 {status}：请重试，如仍失败请查看服务器日志。',
  'the connection broke': '连接中断。',

  'the slide could not be opened': '无法打开切片。',
  'a part of the slide did not load': '切片的一部分未能加载。',
  'the tissue mask\'s cells do not fill its grid': '组织掩膜的单元格与其网格不符。',
  'the heatmap\'s values do not fill its grid': '热图的数值与其网格不符。',
  'this page may not copy, for it is not on https: the address bar holds the same link':
    '此页面未使用 https，无法复制：地址栏中的链接与之相同。',
  'this browser has no canvas: use a current browser': '此浏览器不支持 canvas：请使用较新的浏览器。',
  'this browser has no WebGL2, which corrects the colours: use a current browser':
    '此浏览器不支持校正颜色所需的 WebGL2：请使用较新的浏览器。',
  'the graphics card has no memory left: close other pages': '显卡内存不足：请关闭其他页面。',
  'this graphics card shows heatmaps of up to {largest} columns': '此显卡最多显示 {largest} 列的热图。',
  'the graphics card refuses a program: {log}': '显卡拒绝运行程序：{log}',

  'the slide\'s colours are shown as scanned: {reason}': '切片显示扫描原色：{reason}',
  'it is not an ICC profile': '它不是 ICC 颜色配置文件。',
  'it is of {space} colours, not of RGB': '其颜色空间为 {space}，不是 RGB。',
  'it connects by {space}': '其连接空间为 {space}。',
  'it has neither a matrix nor a lookup table': '它既没有矩阵，也没有查找表。',
  'a table of the kind {kind}': '查找表类型为 {kind}。',
  'a table of other than three channels': '查找表不是三通道。',
  'a table of fewer than two steps': '查找表少于两级。',
  'a curve of the kind {kind}': '曲线类型为 {kind}。',
  'a parametric curve of type {kind}': '参数曲线类型为 {kind}。',
};
