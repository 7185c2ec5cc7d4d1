import type { Dictionary } from '../say';

/** The slide itself: its buttons, its readout, measuring, slides side by side. */
export const SLIDE: Dictionary = {
  'View': '视图',
  'Zoom in (+)': '放大 (+)',
  'Zoom out (−)': '缩小 (−)',
  'Whole slide (0)': '显示整张切片 (0)',
  'Show at {magnification}': '以放大倍数 {magnification} 显示',
  'Turn left (Shift R)': '向左旋转 (Shift R)',
  'Turn right (R)': '向右旋转 (R)',
  'Upright (U)': '恢复正向 (U)',
  'Measure a line (L)': '测量长度 (L)',
  'Measure an area (A)': '测量面积 (A)',
  'Heatmap (H)': '热图 (H)',
  'Tissue outline (T)': '组织轮廓 (T)',
  'Tile marks (M)': '图块标记 (M)',
  'Correct the colours (I)': '校正颜色 (I)',
  'Correct the colours by the profile of the slide (I)': '按切片的颜色配置文件校正颜色 (I)',
  'Colours are corrected by the profile of the slide: show them as scanned (I)':
    '颜色已按切片的颜色配置文件校正：显示扫描原色 (I)',
  'The colour profile is being loaded': '正在加载颜色配置文件',
  'The slide has no colour profile: its colours are shown as scanned': '切片没有颜色配置文件：显示扫描原色',
  'The colour profile of the slide cannot be used: its colours are shown as scanned':
    '切片的颜色配置文件无法使用：显示扫描原色',
  'Move together (Y)': '同步移动 (Y)',
  'Side by side (S)': '并排比较 (S)',
  'Copy a link to this place (C)': '复制此位置的链接 (C)',
  'Full screen (F)': '全屏 (F)',
  'Keyboard (?)': '键盘快捷键 (?)',

  'Scale': '比例尺',
  'middle  x {x} µm   y {y} µm': '中心  x {x} µm   y {y} µm',
  'colours corrected': '颜色已校正',
  'colours as scanned': '扫描原色',
  'Link copied': '链接已复制',

  'Place both ends': '请标出两个端点',
  'Place the corners; the first again closes it': '请标出各个顶点；再次单击第一个顶点即可闭合',
  'Measurements': '测量',
  'Line {number}: {size}': '线段 {number}：{size}',
  'Area {number}: {size}': '区域 {number}：{size}',
  '{area}, {length} around': '{area}，周长 {length}',
  'Remove line {number}': '删除线段 {number}',
  'Remove area {number}': '删除区域 {number}',
  'Keep': '保留',
  'Kept in this browser tab until it is closed. Keep one to have it among the annotations, and in the report.':
    '在关闭此浏览器标签页之前有效。点击“保留”可将其加入标注和报告。',

  'Slides side by side': '并排比较切片',
  'Show 1 slide': '显示 1 张切片',
  'Show {count} slides': '显示 {count} 张切片',
  'Close {name}': '关闭 {name}',
  'The slides move together.': '各切片同步移动。',
  'Each slide moves by itself: bring them in line.': '各切片分别移动：请将它们对齐。',
};
