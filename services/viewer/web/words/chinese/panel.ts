import type { Dictionary } from '../say';

/** The panel beside the slide: its result, why there is none, its evidence, and the slide itself. */
export const PANEL: Dictionary = {
  'Research use only. Not for diagnosis.': '仅供研究使用，不得用于诊断。',
  'Task': '任务',
  'Encoder': '编码器',
  'Encoder licence': '编码器许可证',
  'Encoder use': '编码器用途',
  'Tiles read': '已读图块',
  'Task hash': '任务哈希',
  'Encoder hash': '编码器哈希',
  'Pyramid hash': '金字塔哈希',
  'Calibrated probability': '校准概率',
  'threshold {value}': '阈值 {value}',
  'Grade ({scale})': '分级（{scale}）',
  'Grade {grade}': '{grade} 级',
  'Grade {grade} of {highest}': '{grade} 级（最高 {highest} 级）',
  'Expected {grade}. How likely it is to be at least:': '期望值 {grade}。至少达到以下级别的概率：',

  'No call': '不予判定',
  'The figures below are for a person to judge.': '以下数值供医师自行判断。',
  'Cannot be ruled out': '不能排除',
  'None': '无',
  'No call: scanner': '不予判定：扫描仪',
  'No call: resolution': '不予判定：分辨率',
  'No call: too little tissue': '不予判定：组织过少',
  'No call: data missing': '不予判定：缺少数据',
  'No call: unusual tissue': '不予判定：组织异常',
  'No call: uncertain': '不予判定：不确定',
  'The slide does not say which scanner made it; the task was shown to work on {scanners}.':
    '切片没有注明由哪台扫描仪扫描；该任务已在 {scanners} 上验证有效。',
  'The slide was made by {scanner}; the task was shown to work on {scanners}.':
    '切片由 {scanner} 扫描；该任务已在 {scanners} 上验证有效。',
  'The slide has {mpp} µm per pixel; the task was shown to work from {finest} to {coarsest}.':
    '切片每像素为 {mpp} µm；该任务已在 {finest} 至 {coarsest} 范围内验证有效。',
  'The slide has 1 tile of tissue; the task needs {needed}.': '切片有 1 个组织图块；该任务需要 {needed} 个。',
  'The slide has {count} tiles of tissue; the task needs {needed}.': '切片有 {count} 个组织图块；该任务需要 {needed} 个。',
  'No call: no answer': '无判定：没有回答',
  'The task’s service gave no answer: {words}': '该任务的服务没有给出回答：{words}',
  'The task also reads {covariates}, which this slide was not given. Its maps are of the tissue alone.':
    '该任务还需读取 {covariates}，而此切片没有提供。其热图仅依据组织。',
  'The tissue looks unlike the training slides: distance {distance}, where {percent} % of them lie within {limit}.':
    '组织与训练切片不相似：距离为 {distance}，而 {percent}% 的训练切片在 {limit} 以内。',
  'The slide is unlike the training slides of every answer.': '切片与任何一种结论的训练切片都不相似。',
  '{count} answers cannot be ruled out.': '有 {count} 种结论不能排除。',
  'Holds the true answer for at least {percent} % of slides like those it was calibrated on.':
    '对于与校准切片相似的切片，至少 {percent}% 的情况下包含真实结论。',
  'Nothing can be ruled out: 1 calibration slide of “{label}”, {needed} are needed.':
    '无法排除任何结论：“{label}”的校准切片只有 1 张，需要 {needed} 张。',
  'Nothing can be ruled out: {count} calibration slides of “{label}”, {needed} are needed.':
    '无法排除任何结论：“{label}”的校准切片只有 {count} 张，需要 {needed} 张。',

  'Without a result': '没有结果',
  'These tasks were asked and gave no result. That says nothing of the slide, nor of the results of others.':
    '以下任务已被询问，但没有给出结果。这不说明切片的任何情况，也不影响其他任务的结果。',
  'Asked once, {time}.': '已询问 1 次（{time}）。',
  'Asked {count} times, last {time}.': '已询问 {count} 次，最近一次为 {time}。',
  'It is asked again at {time}.': '将于 {time} 再次询问。',
  '1 task without a result': '1 项任务没有结果',
  '{count} tasks without a result': '{count} 项任务没有结果',
  'It is being asked again.': '正在再次询问。',
  'It is not asked again by itself. Whoever runs this server can ask it:': '不会自动再次询问。服务器管理者可用以下命令询问：',

  'What decides it': '判定依据',
  'Deciding tile {number}': '决定性图块 {number}',
  'Deciding tile {number}: probability {probability} by itself': '决定性图块 {number}：单独概率 {probability}',
  'Seeing this tile only, the model makes the same call, with probability {probability}. Other tiles may do so too.':
    '仅看这个图块，模型就会作出相同的判定，概率为 {probability}。其他图块也可能如此。',
  'Seeing these {count} tiles only, the model makes the same call, with probability {probability}. None of them can be spared; a smaller set may exist.':
    '仅看这 {count} 个图块，模型就会作出相同的判定，概率为 {probability}。其中任何一个都不可缺少；可能存在更小的组合。',
  'No {count} tiles or fewer were found that give the same call alone: the finding is in the slide as a whole.':
    '没有找到 {count} 个或更少的图块能单独得出相同的判定：依据在于整张切片。',
  'Not told: the model is a service elsewhere, which was asked once.': '未说明：模型是外部服务，只询问了一次。',
  'The most suspicious tile: of all, it has the highest probability by itself. Look here first if you doubt the call.':
    '最可疑的图块：在所有图块中单独概率最高。如果对判定有疑问，请先看这里。',
  'Evidence': '证据',
  'The tiles the model weighed most. Each shows its weight against an average tile, and its own probability.':
    '模型赋予权重最高的图块。每个图块显示其相对于平均图块的权重及其自身的概率。',
  'Tile {number}': '图块 {number}',
  'Tile {number}: {weight} the average weight': '图块 {number}：平均权重的 {weight}',
  'Tile {number}: {weight} the average weight, probability {probability}': '图块 {number}：平均权重的 {weight}，概率 {probability}',

  'Slide': '切片',
  'Received': '接收时间',
  'Format': '格式',
  'Scanner': '扫描仪',
  'Objective': '物镜',
  'Resolution': '分辨率',
  '{resolution}, from the file': '{resolution}，来自文件',
  '{resolution}, given by a person': '{resolution}，人工输入',
  'Size': '尺寸',
  'On the glass': '玻片上的尺寸',
  'Tissue': '组织',
  'Tissue found': '检出的组织',
  'The whole slide': '整张切片',
  'Colour profile': '颜色配置文件',
  'none': '无',
  'File hash': '文件哈希',
  'Copy {hash}': '复制 {hash}',
  'copied': '已复制',
  'Level': '层级',
  'Pixels': '像素',
  'Stored': '存储',
  'copied bit for bit': '逐位复制',
  'converted': '已转换',
  'made from the level above': '由上一层级生成',
  'Label and macro': '标签图和宏观图',
  'removed on request ({codes})': '已按要求移除（{codes}）',
  'label': '标签图',
  'macro': '宏观图',
  'overview': '概览图',
  'thumbnail': '缩略图',
  'Show {picture}': '显示{picture}',
  'You may not see the {picture} with this role.': '您的角色无权查看{picture}。',

  'Time taken': '用时',
  'Receive': '接收',
  'Tile': '切分图块',
  'Embed': '提取特征',
  'Score': '评分',
};
