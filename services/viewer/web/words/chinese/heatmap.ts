import type { Dictionary } from '../say';

/** The heatmap: its layers, its controls, its legend, its regions. */
export const HEATMAP: Dictionary = {
  'Heatmap': '热图',
  'Attention': '注意力',
  'Where the model looked, not a probability. 1 is the weight of an average tile, 2 is twice that.':
    '表示模型关注的位置，不是概率。1 表示平均图块的权重，2 表示其两倍。',
  'attention {value}×': '注意力 {value}×',
  'Tile probability': '图块概率',
  'The probability, if this tile were the whole slide, of the positive class, of the class that is called, or of a grade above the lowest.':
    '假设该图块就是整张切片，其为阳性类别、为所判定类别或高于最低级别的概率。',
  'tile probability {value}': '图块概率 {value}',
  'Leave-out effect': '剔除效应',
  'What the tile adds to the slide\'s log-odds of the positive class, of the class that is called, or of the grade being reached, found by leaving it out. Above 0 it speaks for that, below 0 against it. A weak tile of a large finding can lie below 0, for without it the stronger ones weigh more.':
    '该图块对整张切片为阳性类别、为所判定类别或达到该级别的对数几率的贡献，通过剔除该图块得出。大于 0 表示支持，小于 0 表示反对。大片病变中较弱的图块可能低于 0，因为剔除它之后，较强的图块权重更大。',
  'leave-out effect {value}': '剔除效应 {value}',
  'Leave-out effect, with neighbours': '剔除效应（连同相邻图块）',
  'The same with the tile and those that touch it left out together: like tiles stand in for each other, so that one alone is hardly missed.':
    '同上，但将该图块与其相邻图块一并剔除：相似的图块可以互相替代，只剔除一个几乎没有影响。',
  'leave-out effect with neighbours {value}': '剔除效应（连同相邻图块） {value}',
  'speaks for': '支持',
  'speaks against': '反对',
  'Does the call depend on the tiles this layer points at? Measured by taking tiles away, and by adding them, in the order of the layer: 0 is no better than a random order, 1 is perfect, below 0 is worse than random.':
    '判定是否取决于该图层所指的图块？按图层的顺序逐一移除图块和逐一加入图块来衡量：0 表示不优于随机顺序，1 表示完美，小于 0 表示不如随机顺序。',
  'faithfulness {figure}': '忠实度 {figure}',
  'cannot be told': '无法判断',
  '{help} Taking tiles away: {deletion}. Adding tiles: {insertion}.': '{help}移除图块：{deletion}。加入图块：{insertion}。',
  'higher than {percent} % of tiles': '高于 {percent}% 的图块',

  'Show': '显示',
  'Heatmap over the slide': '在切片上叠加热图',
  'Layer': '图层',
  'Opacity': '不透明度',
  '{percent} %': '{percent}%',
  'Fade low values': '淡化低值',
  'Threshold': '阈值',
  'off': '关闭',
  'Colours': '色图',
  'Colormap': '色图',
  'Range': '范围',
  'Values': '数值',
  'Percentiles': '百分位数',
  'First colour': '起始颜色',
  'Last colour': '末端颜色',
  'to': '至',

  'Heatmap so far': '目前的热图',
  'There is no result yet. What a tile says alone is final; what the slide is called is not known before all are there.':
    '尚无结果。单个图块自身的数值不会再变；整张切片如何判定，要等全部图块完成后才能知道。',
  'In progress: {done} of {all} tiles, by {task}.': '进行中：已完成 {done} / {all} 个图块，任务 {task}。',

  '1 region above the threshold, {area} in all. The largest:': '1 个区域高于阈值，共 {area}。最大的区域：',
  '{count} regions above the threshold, {area} in all. The largest:': '{count} 个区域高于阈值，共 {area}。最大的区域：',
  'Show this region': '显示此区域',
};
