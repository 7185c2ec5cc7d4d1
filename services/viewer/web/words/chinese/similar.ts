import type { Dictionary } from '../say';

/** The search for places that look alike. */
export const SIMILAR: Dictionary = {
  'Middle of the view': '视野中心',
  'What to look for': '查找内容',
  'Look in': '查找范围',
  'This slide': '本切片',
  'Its case': '所属病例',
  'Or in words': '或用文字描述',
  Search: '查找',
  'Click on the tissue to find places like it. Escape puts the tool away.': '点击组织，查找与之相似的部位。按 Esc 收起工具。',
  'Similar places, the most similar first': '相似部位，最相似者在前',
  'this slide': '本切片',
  'Similar place {number}, similarity {similarity}, {slide}': '相似部位 {number}，相似度 {similarity}，{slide}',
  'Similar places': '相似部位',
  'How alike places look to the encoder. It says nothing of what they are.': '编码器所见的相似程度，不说明这些部位是什么。',
  'Searching…': '正在查找…',
  'Nothing else is there to compare with.': '没有其他可比较的部位。',
  'Embeddings: {encoder}, {precision}.': '嵌入：{encoder}，{precision}。',
  'Compared with all {tiles} tiles of this slide.': '已与本切片全部 {tiles} 个图块比较。',
  'Compared with all {tiles} tiles of {slides} of the {of_slides} slides of the case.':
    '已与该病例 {of_slides} 张切片中 {slides} 张的全部 {tiles} 个图块比较。',
  'Searched {tiles} of {all} tiles in {slides} of {of_slides} slides, by an index that may miss some.':
    '已通过索引在 {of_slides} 张切片中的 {slides} 张内查找了 {all} 个图块中的 {tiles} 个，索引可能有遗漏。',
};
